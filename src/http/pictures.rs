//! The pictures of a run as the ping-pong surface lists them.

use std::io::Write;
use std::str::FromStr;

use crate::canvas::Version;
use crate::journal::{Canvas, Journal};
use crate::pingpong::Picture;

use super::problem::Problem;
use super::render::{View, base64_png, sent};

/// How a list shows its pictures: the parameter `images`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Images {
    /// Each name with the base64 of its PNG.
    #[default]
    Inline,
    /// Each name with the URL of its PNG.
    Url,
    /// Names only.
    None,
}

impl FromStr for Images {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "inline" => Ok(Self::Inline),
            "url" => Ok(Self::Url),
            "none" => Ok(Self::None),
            _ => Err("write inline, url or none"),
        }
    }
}

/// The name of a picture, as the original service gave it.
fn name(picture: Picture) -> String {
    format!("myImg_{}.png", picture.percent)
}

/// Where the PNG of a version is.
pub(super) fn url(canvas: &Canvas, version: Version) -> String {
    format!("/api/v1/canvases/{}/image.png?version={version}", canvas.name)
}

/// Writes one item of a list of pictures.
pub(super) fn write(
    images: Images,
    journal: &Journal,
    canvas: &Canvas,
    picture: Picture,
    to: &mut dyn Write,
) -> Result<(), Problem> {
    let name = name(picture);
    match images {
        Images::None => write!(to, "\"{name}\"").map_err(sent),
        Images::Url => write!(to, "{{\"{name}\":\"{}\"}}", url(canvas, picture.version)).map_err(sent),
        Images::Inline => {
            write!(to, "{{\"{name}\":\"").map_err(sent)?;
            base64_png(journal, canvas, picture.version, View::whole(canvas), to)?;
            to.write_all(b"\"}").map_err(sent)
        }
    }
}

/// Writes a picture that is rendered already.
pub(super) fn write_rendered(picture: Picture, base64: &str, to: &mut dyn Write) -> Result<(), Problem> {
    write!(to, "{{\"{}\":\"{base64}\"}}", name(picture)).map_err(sent)
}
