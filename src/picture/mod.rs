//! PNG and base64 at the edge: decoding under limits, streamed encoding. Knows nothing of logs.

mod base64;
mod decode;
mod encode;
mod error;

pub use base64::{Base64Writer, decode_base64};
pub use decode::{Alpha, Limits, Png, PngRows};
pub use encode::PngWriter;
pub use error::PictureError;
