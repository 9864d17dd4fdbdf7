//! Writing animations frame by frame: GIF and animated PNG.

mod apng;
mod change;
mod gif;

use std::fmt;
use std::io::{self, Write};
use std::num::NonZeroU16;

use self::apng::ApngEncoder;
use self::gif::GifEncoder;
use super::PictureError;
use crate::canvas::{Mode, Size};

#[cfg(test)]
pub(super) use self::change::changed;

/// How an animation is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AnimationFormat {
    /// GIF 89a. A frame whose changed cells have at most 255 colours shows them exactly, others the nearest of 255. A cell
    /// is opaque, or transparent where its alpha is below 128. At most 50 frames a second.
    Gif,
    /// Animated PNG (PNG, Third Edition, section 5.6): exact.
    Png,
}

/// What an animation is. It is shown over and over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Animation {
    /// Width and height, in pixels.
    pub size: Size,
    /// The layout of its frames' pixels.
    pub mode: Mode,
    /// How many frames there will be; at least 1.
    pub frames: u32,
    /// Frames a second.
    pub rate: NonZeroU16,
}

/// Writes an animation as its frames come. Of each only the rectangle that changes is encoded.
///
/// Holds a few frames, at most eight of four bytes a pixel, and hands each on in one write. Without [`Self::finish`] the
/// file never has an end mark; once a write failed nothing more is written.
pub struct AnimationWriter<W: Write> {
    to: W,
    encoder: Encoder,
    /// Bytes that are ready to be sent.
    ready: Vec<u8>,
    frame_bytes: u64,
    missing: u32,
    failed: bool,
}

enum Encoder {
    Gif(GifEncoder),
    Png(ApngEncoder),
}

impl<W: Write> AnimationWriter<W> {
    /// Begins the file.
    ///
    /// # Errors
    ///
    /// [`PictureError::TooLarge`] where the format cannot have this size, [`PictureError::Io`], also where there are no
    /// frames.
    pub fn new(to: W, format: AnimationFormat, animation: &Animation) -> Result<Self, PictureError> {
        if animation.frames == 0 {
            return Err(misuse("an animation of no frames".to_owned()));
        }
        let mut ready = Vec::new();
        let encoder = match format {
            AnimationFormat::Gif => Encoder::Gif(GifEncoder::new(animation, &mut ready)?),
            AnimationFormat::Png => Encoder::Png(ApngEncoder::new(animation, &mut ready)),
        };
        let frame_bytes = animation.size.bytes(animation.mode);
        let mut writer = Self { to, encoder, ready, frame_bytes, missing: animation.frames, failed: false };
        writer.send()?;
        Ok(writer)
    }

    /// Writes the next frame: all its rows, from the top.
    ///
    /// # Errors
    ///
    /// [`PictureError::Io`]; also where `cells` are not one frame, or there was the last one already.
    pub fn write_frame(&mut self, cells: &[u8]) -> Result<(), PictureError> {
        if cells.len() as u64 != self.frame_bytes {
            return Err(misuse(format!("{} bytes are not a frame of {}", cells.len(), self.frame_bytes)));
        }
        if self.missing == 0 {
            return Err(misuse("more frames than the animation has".to_owned()));
        }
        self.missing -= 1;
        match &mut self.encoder {
            Encoder::Gif(gif) => gif.frame(cells, &mut self.ready)?,
            Encoder::Png(png) => png.frame(cells, &mut self.ready),
        }
        self.send()
    }

    /// Writes the end of the file.
    ///
    /// # Errors
    ///
    /// [`PictureError::Io`]; also where frames are missing.
    pub fn finish(mut self) -> Result<W, PictureError> {
        if self.missing > 0 {
            return Err(misuse(format!("{} frames are missing", self.missing)));
        }
        match &mut self.encoder {
            Encoder::Gif(gif) => gif.end(&mut self.ready)?,
            Encoder::Png(_) => apng::end(&mut self.ready),
        }
        self.send()?;
        Ok(self.to)
    }

    /// Hands on what is ready. What went wrong once stays wrong: a retry could leave a hole or a repeat.
    fn send(&mut self) -> Result<(), PictureError> {
        if self.failed {
            return Err(misuse("an earlier write failed".to_owned()));
        }
        self.failed = true;
        self.to.write_all(&self.ready)?;
        self.ready.clear();
        self.failed = false;
        Ok(())
    }
}

impl<W: Write> fmt::Debug for AnimationWriter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnimationWriter")
            .field("frame_bytes", &self.frame_bytes)
            .field("missing", &self.missing)
            .field("failed", &self.failed)
            .finish_non_exhaustive()
    }
}

/// The caller broke the contract: not the client's fault, and nothing was written.
fn misuse(what: String) -> PictureError {
    PictureError::Io(io::Error::new(io::ErrorKind::InvalidInput, what))
}
