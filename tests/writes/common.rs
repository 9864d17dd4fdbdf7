//! What the tests share: canvases, pixels, rows.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};

use pixlog::canvas::{CanvasId, CellIndex, Change, Colour, Entry, Mode, Pixel, Rect, Size, Source, Version};
use pixlog::journal::{
    Answered, Append, Canvas, Committed, EntryFilter, Expectation, HistoryQuery, Idempotency, Journal, JournalError,
    NewCanvas, Options, Records, RowSource, StateWrite, Terms,
};
use pixlog::store::{MemoryStore, Order};

pub const RED: Colour = Colour::rgb(255, 0, 0);
pub const BLUE: Colour = Colour::rgb(0, 0, 255);

/// Small enough that three rows are one band.
pub const SIDE: u32 = 16;

pub fn open(store: &MemoryStore) -> Journal {
    open_with(store, Options::default())
}

pub fn open_with(store: &MemoryStore, options: Options) -> Journal {
    Journal::open(Arc::new(store.clone()), options).unwrap()
}

pub fn new_canvas(name: Option<&str>) -> NewCanvas {
    let size = Size::new(SIDE, SIDE).unwrap();
    NewCanvas { name: name.map(|name| name.parse().unwrap()), size, mode: Mode::Rgb, background: Colour::WHITE }
}

pub fn create(journal: &Journal, name: &str) -> Canvas {
    journal.create_canvas(new_canvas(Some(name)), Records::default()).unwrap()
}

pub fn pixel(cell: u32, colour: Colour) -> Pixel {
    Pixel { cell: CellIndex(cell), colour }
}

/// One pixel, of the colour with this number.
pub fn append(canvas: CanvasId, colour: u32) -> Append {
    pixels(canvas, vec![pixel(colour % (SIDE * SIDE), Colour::from_rgb_number(colour))])
}

pub fn pixels(canvas: CanvasId, pixels: Vec<Pixel>) -> Append {
    let (source, expectation, records) = (Source::Api, Expectation::Any, Records::default());
    Append { canvas, pixels, author: None, source, expectation, records }
}

/// The key of this number for a body of that number.
pub fn key(key: u8, body: u8) -> Idempotency {
    Idempotency { key: [key; 32], body: [body; 32] }
}

pub fn with_key(idempotency: Idempotency) -> Terms<'static> {
    Terms { idempotency: Some(idempotency), ..Terms::default() }
}

/// Appends without waiting; the answer comes through what is returned.
pub fn send(
    journal: &Journal,
    append: Append,
    terms: Terms<'_>,
) -> Receiver<Result<Answered<Committed>, JournalError>> {
    let (sender, receiver) = sync_channel(1);
    journal.append_once_then(append, terms, move |answer| drop(sender.send(answer))).unwrap();
    receiver
}

pub fn state(canvas: CanvasId, region: Rect) -> StateWrite {
    let (source, expectation, records) = (Source::Api, Expectation::Any, Records::default());
    StateWrite { canvas, region, author: None, source, expectation, records }
}

pub fn whole() -> Rect {
    Rect { x: 0, y: 0, w: SIDE, h: SIDE }
}

/// Rows of one colour.
struct Plain(Colour);

impl RowSource for Plain {
    fn read_row(&mut self, row: &mut [u8]) -> io::Result<()> {
        for cell in row.chunks_exact_mut(3) {
            cell.copy_from_slice(self.0.bytes(Mode::Rgb));
        }
        Ok(())
    }
}

pub fn plain(colour: Colour) -> impl FnMut() -> io::Result<Box<dyn RowSource>> {
    move || Ok(Box::new(Plain(colour)))
}

pub fn entries(journal: &Journal, canvas: CanvasId) -> Vec<Entry> {
    let filter = EntryFilter::default();
    let query = HistoryQuery { order: Order::Ascending, after: None, before: None, limit: 1_000_000, filter };
    journal.history(canvas, &query).unwrap().entries
}

/// How many entries gave a cell this colour.
pub fn count(journal: &Journal, canvas: CanvasId, colour: u32) -> usize {
    let is_it = |entry: &&Entry| match entry.change {
        Change::Pixel(pixel) => pixel.colour == Colour::from_rgb_number(colour),
        Change::State { .. } => false,
    };
    entries(journal, canvas).iter().filter(is_it).count()
}

/// The error, in words.
pub fn error<T: std::fmt::Debug>(outcome: Result<T, JournalError>) -> String {
    format!("{:?}", outcome.expect_err("it should be refused"))
}

pub fn head(journal: &Journal, canvas: CanvasId) -> Version {
    journal.head(canvas).unwrap().version
}

/// The kinds of the records that are there of a canvas, without those of the canvas's own life and death.
pub fn kinds_left(store: &MemoryStore, canvas: CanvasId) -> Vec<char> {
    let numbered = |key: &Vec<u8>| key.get(1..9) == Some(&canvas.0.to_be_bytes()[..]);
    let mut kinds: Vec<char> = store.keys().iter().filter(|key| numbered(key)).map(|key| char::from(key[0])).collect();
    kinds.dedup();
    kinds.retain(|kind| !"rkno".contains(*kind));
    kinds
}
