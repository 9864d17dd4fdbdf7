//! What it costs to write and to read pictures of 4072×4072, the size of the design's budgets.
//!
//! `cargo bench --bench picture`. The sizes that the encodings take are printed before each group.

#![allow(clippy::expect_used, missing_docs, reason = "a measurement that cannot go on has failed")]

use std::hint::black_box;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use pixlog::canvas::{Mode, Size};
use pixlog::picture::{Alpha, Base64Writer, Format, Limits, Picture, PngWriter, decode_base64};

const SIDE: u32 = 4072;
const ROW_BYTES: usize = SIDE as usize * 3;
const LIMITS: Limits = Limits { side_max: 16_384, cells_max: 1 << 26 };

/// Xorshift (G. Marsaglia, "Xorshift RNGs", 2003): repeatable noise.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn cell(&mut self) -> [u8; 3] {
        let [red, green, blue, ..] = self.next().to_be_bytes();
        [red, green, blue]
    }
}

/// A white picture of which each cell is what `paint` makes of it.
fn picture(mut paint: impl FnMut(u32, u32, &mut Noise) -> Option<[u8; 3]>) -> Vec<u8> {
    let mut noise = Noise(0x1234_5678_9abc_def1);
    let mut cells = vec![255; ROW_BYTES * SIDE as usize];
    for (cell, index) in cells.as_chunks_mut::<3>().0.iter_mut().zip(0..) {
        if let Some(colour) = paint(index % SIDE, index / SIDE, &mut noise) {
            *cell = colour;
        }
    }
    cells
}

/// One of 16 colours.
fn palette(index: u64) -> [u8; 3] {
    let [.., byte] = (index % 16).to_be_bytes();
    [byte * 16, 255 - byte * 11, byte.wrapping_mul(77)]
}

fn pictures() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("noise", picture(|_, _, noise| Some(noise.cell()))),
        ("upper half noise", picture(|_, y, noise| (y < SIDE / 2).then(|| noise.cell()))),
        ("each tenth cell noise", picture(|_, _, noise| (noise.next() % 10 == 0).then(|| noise.cell()))),
        ("each second cell noise", picture(|_, _, noise| (noise.next() % 2 == 0).then(|| noise.cell()))),
        ("nine in ten cells noise", picture(|_, _, noise| (noise.next() % 10 != 0).then(|| noise.cell()))),
        ("blocks of colour", picture(|x, y, _| Some(palette(u64::from((x / 37 * 7 + y / 23 * 13) % 97))))),
        ("sixteen colours at random", picture(|_, _, noise| Some(palette(noise.next() >> 40)))),
        ("white", picture(|_, _, _| None)),
    ]
}

fn encode(cells: &[u8], to: Vec<u8>) -> Vec<u8> {
    let size = Size::new(SIDE, SIDE).expect("a size within 32 bits");
    let mut writer = PngWriter::new(to, size, Mode::Rgb).expect("a vector takes all");
    for rows in cells.chunks(ROW_BYTES * 256) {
        writer.write_rows(rows).expect("a vector takes all");
    }
    writer.finish().expect("all rows were written")
}

fn decode(bytes: &Arc<[u8]>) -> u8 {
    let png = Picture::open(Arc::clone(bytes), &[Format::Png], &LIMITS).expect("within limits");
    let mut rows = png.rows(Mode::Rgb, Alpha::Refuse).expect("a PNG");
    let mut row = vec![0; ROW_BYTES];
    for _ in 0..SIDE {
        rows.read_row(&mut row).expect("a whole PNG");
    }
    row.first().copied().unwrap_or_default()
}

fn to_base64(bytes: &[u8], to: Vec<u8>) -> Vec<u8> {
    let mut writer = Base64Writer::new(to);
    for chunk in bytes.chunks(128 * 1024 + 12) {
        writer.write_all(chunk).expect("a vector takes all");
    }
    writer.finish().expect("a vector takes all")
}

fn measure(criterion: &mut Criterion) {
    for (name, cells) in pictures() {
        let png: Arc<[u8]> = encode(&cells, Vec::new()).into();
        println!("{name}: {} bytes of {}", png.len(), cells.len());
        let mut group = criterion.benchmark_group(name);
        group.sample_size(10).measurement_time(Duration::from_secs(3)).warm_up_time(Duration::from_millis(500));
        group.throughput(Throughput::Bytes(cells.len() as u64));
        let mut to = Vec::with_capacity(64 << 20);
        group.bench_function("encode", |bencher| {
            bencher.iter(|| {
                to.clear();
                to = encode(black_box(&cells), std::mem::take(&mut to));
            });
        });
        group.bench_function("decode", |bencher| bencher.iter(|| decode(black_box(&png))));
        group.finish();
    }
    measure_base64(criterion);
}

fn measure_base64(criterion: &mut Criterion) {
    let bytes = picture(|_, _, noise| Some(noise.cell()));
    let text = String::from_utf8(to_base64(&bytes, Vec::new())).expect("base64 is ASCII");
    let lines: Vec<&str> = text.as_bytes().chunks(76).map(|line| str::from_utf8(line).unwrap_or_default()).collect();
    let lines = lines.join("\n");
    let mut group = criterion.benchmark_group("base64");
    group.sample_size(10).measurement_time(Duration::from_secs(3)).warm_up_time(Duration::from_millis(500));
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    let mut to = Vec::with_capacity(text.len() + 8);
    group.bench_function("encode", |bencher| {
        bencher.iter(|| {
            to.clear();
            to = to_base64(black_box(&bytes), std::mem::take(&mut to));
        });
    });
    group.bench_function("decode", |bencher| bencher.iter(|| decode_base64(black_box(&text))));
    group.bench_function("decode lines of 76", |bencher| bencher.iter(|| decode_base64(black_box(&lines))));
    group.finish();
}

criterion_group!(benches, measure);
criterion_main!(benches);
