//! Pictures and base64 at the edge: decoding under limits, streamed encoding of PNG and of animations. Knows nothing of
//! logs.

mod animate;
mod band;
mod base64;
mod convert;
mod decode;
mod difference;
mod encode;
mod error;
mod runs;
mod scale;
#[cfg(test)]
mod tests;

pub use animate::{Animation, AnimationFormat, AnimationWriter};
pub use base64::{Base64Writer, decode_base64, decode_picture};
pub use convert::Alpha;
pub use decode::{Format, Limits, Picture, PictureRows};
pub use difference::difference;
pub use encode::{PngWriter, png_of};
pub use error::PictureError;
pub use scale::{Scaler, fitted, nearest};
