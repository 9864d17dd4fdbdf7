//! Pictures and base64 at the edge: decoding under limits, streamed encoding of PNG and of animations. Knows nothing of
//! logs.

mod animate;
mod band;
mod base64;
mod convert;
mod decode;
mod encode;
mod error;
mod runs;
#[cfg(test)]
mod tests;

pub use animate::{Animation, AnimationFormat, AnimationWriter};
pub use base64::{Base64Writer, decode_base64, decode_picture};
pub use convert::Alpha;
pub use decode::{Format, Limits, Picture, PictureRows};
pub use encode::PngWriter;
pub use error::PictureError;
