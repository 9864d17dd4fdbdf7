//! `pixlog timelapse`: how an image came to be, as an animation.

use clap::Args;

use crate::canvas::{Name, Version};
use crate::picture::AnimationFormat;

use super::destination::Destination;
use super::error::CliError;
use super::site::{At, Range, TimelapseWish};

/// `pixlog timelapse CANVAS`.
#[derive(Debug, Args)]
pub(super) struct Timelapse {
    /// The canvas
    canvas: Name,
    /// The version of the first frame
    #[arg(long, value_name = "N", default_value_t = 0)]
    from: u64,
    /// The version of the last frame [default: the newest]
    #[arg(long, value_name = "N")]
    to: Option<u64>,
    /// How many frames, evenly by version; fewer where there are not so many versions
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    frames: u32,
    /// Frames a second; a GIF shows 50 at most
    #[arg(long, value_name = "N", default_value_t = 25, value_parser = clap::value_parser!(u16).range(1..=100))]
    fps: u16,
    /// The most pixels on the longer side; an image is never enlarged
    #[arg(long, value_name = "PX", default_value_t = 512, value_parser = clap::value_parser!(u32).range(1..=16_384))]
    size: u32,
    /// Where to: FILE.gif (255 colours a frame), FILE.png (exact), or - for a GIF on standard output
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: Destination,
}

impl Timelapse {
    pub(super) fn run(self, at: At) -> Result<(), CliError> {
        let format = self.output.ending(&[("gif", AnimationFormat::Gif), ("png", AnimationFormat::Png)])?;
        self.output.refuse_terminal("a GIF")?;
        let wish = TimelapseWish {
            format: format.unwrap_or(AnimationFormat::Gif),
            range: Range { from: Version(self.from), to: self.to.map(Version) },
            frames: self.frames,
            rate: self.fps,
            side_max: self.size,
        };
        let site = at.reading()?;
        self.output.write(|to| site.timelapse(&self.canvas, &wish, to))
    }
}
