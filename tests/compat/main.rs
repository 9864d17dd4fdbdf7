//! Stores of every format version that was ever released must stay readable, with the same answers.
//!
//! `fixtures/v1/records.bin` holds every record of a store: the lengths of key and value as u32 little-endian, the key,
//! the value. `fixtures/v1/answers.txt` holds what it answered when it was written. `fixtures/v1/sled/` is a whole data
//! directory of the same store. They were made by `cargo test --test compat -- --ignored`, and are never made again for a
//! version that was released.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test says what failed by panicking")]

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use pixlog::canvas::{Author, CellIndex, Colour, Label, Mode, Pixel, Rect, Size, Source, Version};
use pixlog::format::{BLOCK_ENTRIES, Slot, Who, encode_block, encode_who, open_frame};
use pixlog::journal::{
    Append, Current, EntryFilter, Expectation, HistoryQuery, Journal, LabelWrite, NewCanvas, Options, Records,
    RowSource, StateWrite,
};
use pixlog::store::{Batch, MemoryStore, Order, SledOptions, SledStore, Store};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compat/fixtures/v1")
}

/// A journal whose snapshots come early, so that the fixture holds some.
fn journal(store: Arc<dyn Store>) -> Journal {
    Journal::open(store, Options { snapshot_blocks_min: 1, ..Options::default() }).unwrap()
}

/// A generator of numbers that looks random and is the same everywhere (Knuth's MMIX constants).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, n: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from((self.0 >> 33) % u64::from(n)).unwrap()
    }

    fn colour(&mut self, mode: Mode) -> Colour {
        let mut channel = || u8::try_from(self.below(256)).unwrap();
        let [r, g, b, a] = [channel(), channel(), channel(), channel()];
        Colour([r, g, b, if mode == Mode::Rgb { 255 } else { a }])
    }
}

struct Noise(Numbers, Mode);

impl RowSource for Noise {
    fn read_row(&mut self, row: &mut [u8]) -> io::Result<()> {
        // Runs of eight cells, so that the tiles are worth compressing and the fixture stays small.
        for cells in row.chunks_mut(8 * self.1.channels()) {
            let colour = self.0.colour(self.1);
            cells.chunks_exact_mut(self.1.channels()).for_each(|cell| cell.copy_from_slice(colour.bytes(self.1)));
        }
        Ok(())
    }
}

/// Fills a store with one of everything: three canvases, blocks with one author and with many, tails, states stored
/// inline, as parts and as tiles, snapshots, a current canvas, a run's record.
fn workload(journal: &Journal) {
    let mut numbers = Numbers(7);
    for (name, width, height, mode) in
        [("small", 28, 28, Mode::Rgb), ("tiles", 300, 270, Mode::Rgba), ("empty", 1, 1, Mode::Rgb)]
    {
        let size = Size::new(width, height).unwrap();
        let new = NewCanvas { name: Some(name.parse().unwrap()), size, mode, background: Colour::WHITE };
        let canvas = journal.create_canvas(new, Records::default()).unwrap();
        if name == "empty" {
            let records = Records {
                run: Some((journal.new_run_id(), b"opaque to the journal".to_vec())),
                current: Some(Current { canvas: canvas.id, run: None }),
            };
            journal.write_records(records).unwrap();
            continue;
        }
        for count in [1, 700, 3, 511, 512, 40] {
            let pixel = |numbers: &mut Numbers| Pixel {
                cell: CellIndex(numbers.below(size.cells())),
                colour: numbers.colour(mode),
            };
            let pixels = (0..count).map(|_| pixel(&mut numbers)).collect();
            let author = (count % 2 == 1).then(|| Author { name: format!("author {count}"), authenticated: count > 3 });
            let append = Append {
                canvas: canvas.id,
                pixels,
                author,
                source: Source::Api,
                expectation: Expectation::Any,
                records: Records::default(),
            };
            journal.append(append).unwrap();
        }
        journal.settle();
        for region in [Rect { x: 3, y: 4, w: 5, h: 6 }, Rect { x: 1, y: 2, w: 27, h: 26 }, size.rect()] {
            let write = StateWrite {
                canvas: canvas.id,
                region,
                author: None,
                source: Source::Ping,
                expectation: Expectation::Any,
                records: Records::default(),
            };
            let mut open = || Ok(Box::new(Noise(Numbers(region.area()), mode)) as Box<dyn RowSource>);
            journal.put_state(write, &mut open).unwrap();
        }
    }
    journal.settle();
}

/// Everything that a client can see, as text: the images by their CRC-32C.
fn answers(journal: &Journal) -> String {
    let mut text = String::new();
    for canvas in journal.canvases(None, 100).unwrap() {
        let head = journal.head(canvas.id).unwrap();
        writeln!(text, "canvas {} {:?} {:?} {} at {}", canvas.name, canvas.size, canvas.mode, canvas.id, head.version)
            .unwrap();
        for version in (0..=head.version.0).step_by(97).chain([head.version.0]) {
            let mut reader = journal.image_at(canvas.id, Version(version), canvas.size.rect()).unwrap();
            let mut checksum = 0;
            while let Some(band) = reader.next_band().unwrap() {
                checksum = crc32c::crc32c_append(checksum, band.data());
            }
            writeln!(text, "image {version} {checksum:08x}").unwrap();
        }
        let (mut after, mut checksum) = (None, 0);
        loop {
            let query = HistoryQuery {
                order: Order::Ascending,
                after,
                before: None,
                limit: 10_000,
                filter: EntryFilter::default(),
            };
            let page = journal.history(canvas.id, &query).unwrap();
            for entry in page.entries {
                let line = format!("{entry:?}");
                checksum = crc32c::crc32c_append(checksum, line.as_bytes());
                if entry.version.0 % 64 == 1 {
                    writeln!(text, "{line}").unwrap();
                }
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        writeln!(text, "all entries {checksum:08x}").unwrap();
    }
    writeln!(text, "current {:?}", journal.current().unwrap()).unwrap();
    for (run, body) in journal.run_records(None, 10).unwrap() {
        writeln!(text, "run {run} {}", String::from_utf8_lossy(&body)).unwrap();
    }
    text
}

fn problems(journal: &Journal) -> Vec<String> {
    let mut found = Vec::new();
    for canvas in journal.canvases(None, 100).unwrap() {
        journal.verify(canvas.id, &mut |_| {}, &mut |problem| found.push(problem)).unwrap();
    }
    found
}

fn all_records(store: &dyn Store) -> Vec<(Vec<u8>, Vec<u8>)> {
    let found = store.scan(&[0], &[255], Order::Ascending, usize::MAX).unwrap();
    found.into_iter().map(|(key, value)| (key, value.to_vec())).collect()
}

fn read_fixture() -> Vec<(Vec<u8>, Vec<u8>)> {
    let bytes = fs::read(fixtures().join("records.bin")).unwrap();
    let mut rest = bytes.as_slice();
    let mut records = Vec::new();
    while !rest.is_empty() {
        let (lengths, after) = rest.split_at(8);
        let length = |bytes: &[u8]| u32::from_le_bytes(bytes.try_into().unwrap()) as usize;
        let (key, after) = after.split_at(length(&lengths[..4]));
        let (value, after) = after.split_at(length(&lengths[4..]));
        records.push((key.to_vec(), value.to_vec()));
        rest = after;
    }
    records
}

/// The fixture's records in a store in memory, without those that `left_out` names.
fn fixture_store(left_out: impl Fn(&[u8]) -> bool) -> MemoryStore {
    let store = MemoryStore::new();
    let mut batch = Batch::new();
    for (key, value) in read_fixture() {
        if !left_out(&key) {
            batch.put(key, value);
        }
    }
    store.commit(&batch).unwrap();
    store
}

fn expected() -> String {
    fs::read_to_string(fixtures().join("answers.txt")).unwrap()
}

#[test]
fn records_of_version_1_give_the_same_answers() {
    let journal = journal(Arc::new(fixture_store(|_| false)));
    assert_eq!(answers(&journal), expected());
    assert_eq!(problems(&journal), Vec::<String>::new());
}

/// Labels came later: what was written before has none, and takes one.
#[test]
fn canvases_of_version_1_have_no_label_and_take_one() {
    let store = Arc::new(fixture_store(|_| false));
    let labels = |journal: &Journal| -> Vec<_> {
        journal.canvas_page(None, 100).unwrap().canvases.into_iter().map(|now| now.label).collect()
    };
    let first = journal(store.clone());
    assert_eq!(labels(&first), [None, None, None]);
    let label: Option<Label> = Some("A label".parse().unwrap());
    for canvas in first.canvases(None, 100).unwrap() {
        let (expectation, idempotency) = (Expectation::Any, None);
        first.write_label(LabelWrite { canvas: canvas.id, label: label.clone(), expectation, idempotency }).unwrap();
    }
    first.close();
    let again = journal(Arc::new(store.reopen()));
    assert_eq!(labels(&again), [label.clone(), label.clone(), label]);
    assert_eq!(answers(&again), expected());
}

/// Snapshots are derived: without them every answer is the same.
#[test]
fn records_of_version_1_need_no_snapshots() {
    let fixture = read_fixture();
    assert!(fixture.iter().any(|(key, _)| key[0] == b'p'), "the fixture holds snapshots");
    let journal = journal(Arc::new(fixture_store(|key| key[0] == b'p')));
    assert_eq!(answers(&journal), expected());
}

/// The fixture would be worth little if it lacked a kind of record.
#[test]
fn the_fixture_holds_every_kind_of_record() {
    let mut kinds: Vec<char> = read_fixture().iter().map(|(key, _)| char::from(key[0])).collect();
    kinds.dedup();
    assert_eq!(kinds, ['a', 'b', 'c', 'd', 'i', 'k', 'n', 'p', 'r', 's', 't', 'w'], "staging marks ('g') never stay");
    for (key, value) in read_fixture() {
        assert!(open_frame(&key, &value).is_ok(), "{key:02x?}");
    }
}

#[test]
fn a_data_directory_of_version_1_gives_the_same_answers() {
    let directory = tempfile::tempdir().unwrap();
    copy(&fixtures().join("sled"), directory.path());
    let options = SledOptions { reserve_bytes: 1 << 20, ..SledOptions::default() };
    let journal = journal(Arc::new(SledStore::open(directory.path(), &options).unwrap()));
    assert_eq!(answers(&journal), expected());
    assert_eq!(problems(&journal), Vec::<String>::new());
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

/// What this program writes is, to the byte, what version 1 is.
#[test]
fn this_program_writes_version_1() {
    let size = Size::new(28, 28).unwrap();
    let slot = |index: u32| Slot {
        pixel: (index != 2).then_some(Pixel { cell: CellIndex(index * 7), colour: Colour::from_rgb_number(index) }),
        who: Who {
            time: pixlog::canvas::Time(1_700_000_000_000 + i64::from(index / 2)),
            author: pixlog::canvas::AuthorId(index % 2),
            source: Source::Run,
        },
    };
    let slots: Vec<Slot> = (0..4).map(slot).collect();
    let hex = |bytes: &[u8]| bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    let (block, is_uniform) = encode_block(b"key", size, Mode::Rgb, &slots);
    assert!(!is_uniform);
    insta::assert_snapshot!(hex(&block), @"0104000303010068e5cf8b0100000168e5cf8b010000000000000000000000160000000100000004000000070000000000150000000000000001000000000003efe8319a");
    insta::assert_snapshot!(hex(&encode_who(b"key", slots.iter().map(|slot| slot.who))), @"0101030080d095ffbc310103010001030001010301006ff0af27");
    let (uniform, is_uniform) = encode_block(b"key", size, Mode::Rgb, &slots[..1]);
    assert!(is_uniform);
    insta::assert_snapshot!(hex(&uniform), @"0101000303000068e5cf8b0100000068e5cf8b01000001000000000300000000000000000100000001000000000000000000d623257e");
    assert_eq!(BLOCK_ENTRIES, 512);
}

/// Makes the fixture. Not run by the gate: a fixture of a released version is never made again.
#[test]
#[ignore = "makes the fixture"]
fn make_the_fixture() {
    let folder = fixtures();
    let sled = folder.join("sled");
    assert!(!sled.exists(), "the fixture is there already");
    fs::create_dir_all(&sled).unwrap();
    let options = SledOptions { reserve_bytes: 1 << 20, ..SledOptions::default() };
    let store = Arc::new(SledStore::open(&sled, &options).unwrap());
    let journal = journal(store.clone());
    workload(&journal);
    let mut dump = Vec::new();
    for (key, value) in all_records(&*store) {
        dump.extend_from_slice(&u32::try_from(key.len()).unwrap().to_le_bytes());
        dump.extend_from_slice(&u32::try_from(value.len()).unwrap().to_le_bytes());
        dump.extend_from_slice(&key);
        dump.extend_from_slice(&value);
    }
    fs::write(folder.join("records.bin"), dump).unwrap();
    fs::write(folder.join("answers.txt"), answers(&journal)).unwrap();
    journal.close();
    drop(journal);
    drop(store);
    let _ = fs::remove_file(sled.join("ballast"));
    let _ = fs::remove_file(sled.join("lock"));
}
