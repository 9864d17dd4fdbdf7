//! PNGs made and read by another library than the one under test uses for its rows, and lists of pictures checked.

use std::collections::HashSet;
use std::io::Cursor;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::app::App;

/// An image of 8-bit RGB cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    pub width: u32,
    pub height: u32,
    pub rgb: Vec<u8>,
}

impl Image {
    pub fn filled(width: u32, height: u32, colour: [u8; 3]) -> Self {
        Self { width, height, rgb: colour.repeat((width * height) as usize) }
    }

    pub fn set(&mut self, x: u32, y: u32, colour: [u8; 3]) {
        let at = (y * self.width + x) as usize * 3;
        self.rgb[at..at + 3].copy_from_slice(&colour);
    }

    pub fn cells(&self) -> impl Iterator<Item = [u8; 3]> {
        self.rgb.chunks_exact(3).map(|cell| [cell[0], cell[1], cell[2]])
    }

    /// Cells that are not white.
    pub fn coloured(&self) -> usize {
        self.cells().filter(|cell| *cell != [255; 3]).count()
    }

    pub fn png(&self) -> Vec<u8> {
        encode(self.width, self.height, png::ColorType::Rgb, png::BitDepth::Eight, &self.rgb, |_| {})
    }

    pub fn base64(&self) -> String {
        STANDARD.encode(self.png())
    }

    pub fn from_png(bytes: &[u8]) -> Self {
        let image = image::load_from_memory_with_format(bytes, image::ImageFormat::Png).expect("a PNG").to_rgb8();
        Self { width: image.width(), height: image.height(), rgb: image.into_raw() }
    }

    pub fn from_base64(text: &str) -> Self {
        Self::from_png(&STANDARD.decode(text).expect("strict base64"))
    }
}

/// A PNG of any kind.
pub fn encode(
    width: u32,
    height: u32,
    colour: png::ColorType,
    depth: png::BitDepth,
    data: &[u8],
    change: impl FnOnce(&mut png::Encoder<'_, Cursor<&mut Vec<u8>>>),
) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(Cursor::new(&mut bytes), width, height);
    encoder.set_color(colour);
    encoder.set_depth(depth);
    change(&mut encoder);
    let mut writer = encoder.write_header().expect("a header");
    writer.write_image_data(data).expect("the data");
    writer.finish().expect("an end");
    bytes
}

/// The pictures of a list, by percent, in the order of the list.
pub fn listed(list: &Value) -> Vec<(u32, Image)> {
    let items = list["generate_images"].as_array().expect("a list");
    let picture = |item: &Value| {
        let (name, base64) = item.as_object().and_then(|item| item.iter().next()).expect("one field");
        let percent = name.strip_prefix("myImg_").and_then(|name| name.strip_suffix(".png")).expect("its name");
        (percent.parse().expect("a number"), Image::from_base64(base64.as_str().expect("a text")))
    };
    items.iter().map(picture).collect()
}

/// The images at every version of a canvas, as its history tells them.
pub fn replayed(app: &App, canvas: &str, start: Image) -> Vec<Image> {
    let mut images = vec![start];
    let mut path = format!("/api/v1/canvases/{canvas}/history?order=asc&limit=1000");
    loop {
        let page = app.get(&path).json();
        for entry in page["entries"].as_array().expect("a list") {
            assert_eq!(entry["kind"], "pixel", "{entry}");
            assert_eq!(entry["version"], images.len(), "no holes");
            let number = |name: &str| u32::try_from(entry[name].as_u64().expect("a number")).expect("a column or row");
            let colour = entry["color"].as_str().expect("a colour");
            let rgb = u32::from_str_radix(&colour[1..], 16).expect("digits").to_be_bytes();
            let mut image = images.last().expect("at least one").clone();
            image.set(number("x"), number("y"), [rgb[1], rgb[2], rgb[3]]);
            images.push(image);
        }
        match page["next"].as_str() {
            Some(next) => next.clone_into(&mut path),
            None => return images,
        }
    }
}

/// Checks a run's whole log and its pictures: each entry colours a white cell with a new colour, and each picture is
/// the exact image at which its percentage was reached.
pub fn check_run(app: &App, canvas: &str, size: (u32, u32), granular: u32, pictures: &[(u32, Image)]) {
    let cells = (size.0 * size.1) as usize;
    let images = replayed(app, canvas, Image::filled(size.0, size.1, [255; 3]));
    assert_eq!(images.len(), cells + 1, "one entry for each cell");
    for (version, image) in images.iter().enumerate() {
        assert_eq!(image.coloured(), version, "each entry colours a white cell, and with another colour than white");
    }
    let last = images.last().expect("at least one");
    assert_eq!(last.cells().collect::<HashSet<_>>().len(), cells, "no colour twice");
    let percent = |version: usize| u32::try_from(100 * version / cells).expect("at most 100");
    let due: Vec<(u32, &Image)> = (1..=cells)
        .filter(|version| percent(*version) != percent(version - 1) && percent(*version) % granular == 0)
        .map(|version| (percent(version), &images[version]))
        .collect();
    let found: Vec<(u32, &Image)> = pictures.iter().map(|(percent, image)| (*percent, image)).collect();
    let percents = |list: &[(u32, &Image)]| list.iter().map(|(percent, _)| *percent).collect::<Vec<_>>();
    assert_eq!(percents(&found), percents(&due));
    assert!(found == due, "a picture is not the image at its version");
}
