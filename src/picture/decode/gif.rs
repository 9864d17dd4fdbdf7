//! The first image of a GIF, by the gif crate.

use gif::{ColorOutput, DecodeOptions, Decoder, DecodingError, MemoryLimit};

use super::super::PictureError;
use super::held::{Held, Look};
use crate::canvas::{Rect, Size};

/// Twelfths of bytes that a cell takes while it is decoded: one, the number of its colour.
pub(super) const CELL_TWELFTHS: u64 = 12;

/// Width and height of the screen that the images lie on.
pub(super) fn dimensions(bytes: &[u8]) -> Result<(u32, u32), PictureError> {
    let decoder = decoder(bytes)?;
    Ok((decoder.width().into(), decoder.height().into()))
}

/// Decodes the first image and looks through the rest, to its end.
pub(super) fn decode(bytes: &[u8], size: Size) -> Result<Held, PictureError> {
    let mut decoder = decoder(bytes)?;
    let Some(frame) = decoder.next_frame_info().map_err(|error| decoding(&error))? else {
        return Err(PictureError::Malformed("it holds no image".to_owned()));
    };
    let transparent = frame.transparent;
    let rect = Rect { x: frame.left.into(), y: frame.top.into(), w: frame.width.into(), h: frame.height.into() };
    if !rect.fits(size) {
        return Err(PictureError::Malformed("its first image does not lie within it".to_owned()));
    }
    // Within the size, whose cells were found to be within the limits.
    let mut indices = vec![0; usize::try_from(rect.area()).unwrap_or(usize::MAX)];
    decoder.read_into_buffer(&mut indices).map_err(|error| decoding(&error))?;
    let palette = decoder.palette().map_err(|error| decoding(&error))?;
    let mut colours: Vec<_> =
        palette.as_chunks().0.iter().map(|[red, green, blue]| [*red, *green, *blue, 255]).collect();
    if let Some(colour) = transparent.and_then(|index| colours.get_mut(usize::from(index))) {
        *colour = [0; 4];
    }
    if indices.iter().any(|index| usize::from(*index) >= colours.len()) {
        return Err(PictureError::Malformed("a pixel has a colour that is not in the palette".to_owned()));
    }
    while decoder.next_frame_info().map_err(|error| decoding(&error))?.is_some() {}
    Ok(Held::new(size, rect, indices, Look::Palette(colours)))
}

fn decoder(bytes: &[u8]) -> Result<Decoder<&[u8]>, PictureError> {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::Indexed);
    // What is allocated for an image is checked here; the rest, texts and profiles, cannot outgrow the file.
    options.set_memory_limit(MemoryLimit::Unlimited);
    options.allow_unknown_blocks(true);
    options.read_info(bytes).map_err(|error| decoding(&error))
}

fn decoding(error: &DecodingError) -> PictureError {
    PictureError::Malformed(match error {
        DecodingError::UnexpectedEof => "it is cut short".to_owned(),
        other => other.to_string(),
    })
}
