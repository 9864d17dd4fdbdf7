//! Why bytes are not the record that they should be.

use thiserror::Error;

/// Why bytes are not the record that they should be.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FormatError {
    /// Too short to hold what it must.
    #[error("it is cut short")]
    Short,
    /// Written by another version of the format.
    #[error("its format version is {0}, and this program reads version 1")]
    Version(u8),
    /// The checksum over key and record does not match.
    #[error("its checksum does not match")]
    Checksum,
    /// The checksum matches but the content contradicts itself: a fault of the program that wrote it.
    #[error("its {0} is not possible")]
    Content(&'static str),
}
