//! The plain model: every entry of every canvas in a vector, every image by replaying all of them.

use std::collections::BTreeMap;

use pixlog::canvas::{Author, CanvasId, Change, Colour, Entry, Label, Mode, Pixel, Rect, Size, Time, Version};
use pixlog::journal::{Canvas, Current, EntryFilter, Kind};
use pixlog::store::Order;

/// An entry and what it did to the image.
#[derive(Debug, Clone)]
pub struct Logged {
    pub entry: Entry,
    pub pixels: Vec<Pixel>,
}

/// A canvas as it must be.
#[derive(Debug, Clone)]
pub struct CanvasModel {
    pub canvas: Canvas,
    pub label: Option<Label>,
    pub log: Vec<Logged>,
    /// The image at the head.
    pub image: Vec<u8>,
}

/// Everything as it must be.
#[derive(Debug, Clone, Default)]
pub struct Model {
    pub canvases: Vec<CanvasModel>,
    pub runs: BTreeMap<u64, Vec<u8>>,
    pub current: Option<Current>,
}

impl CanvasModel {
    pub fn new(canvas: Canvas) -> Self {
        let image = background(canvas.size, canvas.mode, canvas.background);
        Self { canvas, label: None, log: Vec::new(), image }
    }

    pub fn id(&self) -> CanvasId {
        self.canvas.id
    }

    pub fn head(&self) -> Version {
        Version(self.log.len() as u64)
    }

    pub fn time_of(&self, version: Version) -> Time {
        match version.0 {
            0 => self.canvas.created_at,
            version => self.log[version as usize - 1].entry.time,
        }
    }

    pub fn push(&mut self, logged: Logged) {
        paint(&mut self.image, self.canvas.mode, &logged.pixels);
        self.log.push(logged);
    }

    /// The whole image at a version.
    pub fn image_at(&self, version: Version) -> Vec<u8> {
        if version == self.head() {
            return self.image.clone();
        }
        let mut image = background(self.canvas.size, self.canvas.mode, self.canvas.background);
        for logged in &self.log[..version.0 as usize] {
            paint(&mut image, self.canvas.mode, &logged.pixels);
        }
        image
    }

    /// The entries that a filter lets through, from `first` to `last`, in order.
    pub fn select(&self, filter: &EntryFilter, first: u64, last: u64, order: Order) -> Vec<Entry> {
        let entries = self.log.iter().map(|logged| &logged.entry);
        let mut found: Vec<Entry> = entries
            .filter(|entry| (first..=last).contains(&entry.version.0) && passes(entry, filter, self.canvas.size))
            .cloned()
            .collect();
        if order == Order::Descending {
            found.reverse();
        }
        found
    }
}

/// Written apart from the journal's own filter, in another way.
fn passes(entry: &Entry, filter: &EntryFilter, size: Size) -> bool {
    let covered: Rect = match entry.change {
        Change::Pixel(pixel) => {
            let (x, y) = (pixel.cell.0 % size.width(), pixel.cell.0 / size.width());
            Rect { x, y, w: 1, h: 1 }
        }
        Change::State { region, .. } => region,
    };
    let meets = |wanted: Rect| {
        let apart = |a: u32, a_len: u32, b: u32, b_len: u32| {
            u64::from(a) + u64::from(a_len) <= u64::from(b) || u64::from(b) + u64::from(b_len) <= u64::from(a)
        };
        !apart(wanted.x, wanted.w, covered.x, covered.w) && !apart(wanted.y, wanted.h, covered.y, covered.h)
    };
    let kind = if matches!(entry.change, Change::Pixel(_)) { Kind::Pixel } else { Kind::State };
    filter.kind.is_none_or(|wanted| wanted == kind)
        && filter.author.as_ref().is_none_or(|wanted| entry.author.as_ref().map(|author| &author.name) == Some(wanted))
        && filter.region.is_none_or(meets)
        && filter.since.is_none_or(|since| entry.time.0 >= since.0)
        && filter.until.is_none_or(|until| entry.time.0 <= until.0)
}

pub fn background(size: Size, mode: Mode, colour: Colour) -> Vec<u8> {
    colour.bytes(mode).repeat(size.cells() as usize)
}

pub fn paint(image: &mut [u8], mode: Mode, pixels: &[Pixel]) {
    let channels = mode.channels();
    for pixel in pixels {
        let at = pixel.cell.0 as usize * channels;
        image[at..at + channels].copy_from_slice(pixel.colour.bytes(mode));
    }
}

/// The rows of `region` of a whole image.
pub fn crop(image: &[u8], size: Size, mode: Mode, region: Rect) -> Vec<u8> {
    let channels = mode.channels();
    let row = |y: u32| {
        let start = (y as usize * size.width() as usize + region.x as usize) * channels;
        &image[start..start + region.w as usize * channels]
    };
    (region.y..region.y + region.h).flat_map(row).copied().collect()
}

/// The authors that writes come from: the first is nobody.
pub fn author(number: u32) -> Option<Author> {
    let (name, authenticated) = match number % 5 {
        0 => return None,
        1 => ("alice", false),
        2 => ("alice", true),
        3 => ("Zoë 🦀", false),
        _ => return Some(Author { name: format!("author {}", number % 40), authenticated: number.is_multiple_of(2) }),
    };
    Some(Author { name: name.to_owned(), authenticated })
}
