//! What can go wrong with a picture, sorted by who is at fault.

use std::io;

use thiserror::Error;

/// What can go wrong with a picture.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PictureError {
    /// Not base64.
    #[error("this is not base64: {0}")]
    Base64(String),
    /// Not a whole, well-formed picture: none at all, cut short, or damaged.
    #[error("this is not a readable picture: {0}")]
    Malformed(String),
    /// A picture of a kind that is not taken.
    #[error("this picture is not taken: {0}")]
    Unsupported(String),
    /// More bytes, or more cells, than the limits allow; found out before anything of that size is allocated.
    #[error("the picture is too large: {what} {actual}, at most {max}")]
    TooLarge {
        /// Of what there is too much: "bytes", "bytes to decode it", "width", "height" or "cells".
        what: &'static str,
        /// How much there is.
        actual: u64,
        /// How much is allowed.
        max: u64,
    },
    /// A cell that is not opaque where only opaque ones are taken.
    #[error("the cell at {x},{y} is not opaque")]
    Transparent {
        /// Its column.
        x: u32,
        /// Its row.
        y: u32,
    },
    /// What the encoded picture was written to failed.
    #[error("writing the picture failed: {0}")]
    Io(#[from] io::Error),
}
