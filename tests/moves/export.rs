//! A whole log as one file, and back.

use std::io::{self, Read, Write};

use proptest::prelude::*;

use pixlog::canvas::{Author, CanvasId, Colour, Mode, Rect, Size, Source, Version};
use pixlog::format::{EXPORT_SIGNATURE, ExportError};
use pixlog::journal::{
    Append, Canvas, CreateTerms, Expectation, Journal, JournalError, NewCanvas, Records, Settings, TagWrite, Undo,
    UndoEntries,
};
use pixlog::store::{Fault, MemoryStore};

use crate::fork::assert_only;
use crate::support::{
    Numbers, assert_sound, canvas, draw, entries, head, image, journal, large_journal, open_large, paint, pixel, write,
};

fn export(journal: &Journal, canvas: CanvasId) -> Vec<u8> {
    let mut file = Vec::new();
    journal.export(canvas, &mut file).unwrap();
    file
}

fn import(journal: &Journal, mut file: &[u8]) -> Result<Canvas, JournalError> {
    journal.import_file(&mut file, None, &mut |_| {}, Records::default())
}

/// A canvas with something of everything; with `is_large` also states stored in parts and as tiles, and full blocks.
fn something(journal: &Journal, mode: Mode, is_large: bool) -> Canvas {
    let (width, height) = if is_large { (600, 270) } else { (20, 10) };
    let size = Size::new(width, height).unwrap();
    let background = if mode == Mode::Rgb { Colour::rgb(1, 2, 3) } else { Colour([1, 2, 3, 4]) };
    let new = NewCanvas { name: Some("art".parse().unwrap()), size, mode, background };
    let settings = Settings { palette: None, cooldown_ms: 77 };
    let terms = CreateTerms { settings, ..CreateTerms::default() };
    let art = journal.create_canvas_once(new, terms, |_| Records::default()).unwrap().outcome;
    let mut numbers = Numbers(11);
    for (round, count) in [3, if is_large { 1_000 } else { 5 }, 1, 2].into_iter().enumerate() {
        let append = Append {
            canvas: art.id,
            pixels: (0..count).map(|_| numbers.pixel(size)).collect(),
            author: (round != 2).then(|| Author { name: format!("é {round}"), authenticated: round == 1 }),
            source: [Source::Api, Source::Ping, Source::Run, Source::Pong][round],
            expectation: Expectation::Any,
            records: Records::default(),
        };
        journal.append(append).unwrap();
        let part = Rect { x: 3, y: 4, w: 5, h: 2 };
        paint(journal, &art, part, Some("é 0"), |_| numbers.colour());
        if is_large {
            // Noise, which no tile makes smaller, a quarter of it new each time; then a large area of one colour.
            let part = Rect { x: 500, y: 0, w: 90, h: 60 };
            let noise = |cell| Numbers(cell + if cell % 4 == 0 { round as u64 * 9_000 } else { 0 }).below(1 << 24);
            paint(journal, &art, part, Some("noise"), |cell| Colour::from_rgb_number(noise(cell)));
            let part = Rect { x: 100, y: 20, w: 380, h: 240 };
            let colour = numbers.colour();
            paint(journal, &art, part, None, |_| colour);
        }
    }
    let undo = Undo { entries: UndoEntries::Versions(Version(2), Version(4)), only: None };
    journal.undo(write(&art), undo).unwrap();
    journal.restore(write(&art), Version(3)).unwrap();
    for (tag, version) in [("best", 3), ("a", 0), ("newest", head(journal, &art).0)] {
        let tag = tag.parse().unwrap();
        let (version, expectation) = (Some(Version(version)), Expectation::Any);
        journal.write_tag(TagWrite { canvas: art.id, tag, version, expectation, idempotency: None }).unwrap();
    }
    art
}

/// The same at every version, told apart by name and number only.
fn assert_equal((one, a): (&Journal, &Canvas), (other, b): (&Journal, &Canvas), step: usize) {
    assert_eq!((a.size, a.mode, a.background, a.created_at), (b.size, b.mode, b.background, b.created_at));
    assert_eq!(a.settings, b.settings);
    assert_eq!(one.head(a.id).unwrap(), other.head(b.id).unwrap());
    assert_eq!(one.tags(a.id, None, 10).unwrap(), other.tags(b.id, None, 10).unwrap());
    assert_eq!(entries(one, a), entries(other, b));
    for version in (0..=head(one, a).0).step_by(step).map(Version) {
        assert!(image(one, a, version) == image(other, b, version), "another image at {version}");
    }
}

#[test]
fn what_was_exported_comes_back_the_same() {
    for (mode, is_large, step) in
        [(Mode::Rgb, false, 1), (Mode::Rgba, false, 1), (Mode::Rgb, true, 7), (Mode::Rgba, true, 50)]
    {
        let (from, _) = large_journal();
        let art = something(&from, mode, is_large);
        let file = export(&from, art.id);
        let (to, store) = large_journal();
        let mut reached = Version(0);
        let back = to.import_file(&mut &file[..], None, &mut |version| reached = version, Records::default()).unwrap();
        assert_eq!((back.name.as_str(), reached), ("art", head(&from, &art)));
        assert_equal((&from, &art), (&to, &back), step);
        assert_sound(&to, &back);
        assert_only(&store, &[back.id.0]);
        assert!(export(&to, back.id) == file, "the copy's file is another");
        // The copy goes on as any canvas does.
        draw(&to, back.id, Some("é 3"), vec![pixel(0, 1)]);
        assert_eq!(head(&to, &back), head(&from, &art).after(1));
        assert_sound(&to, &back);
    }
}

#[test]
fn every_way_to_store_a_state_is_met() {
    let (journal, store) = large_journal();
    let art = something(&journal, Mode::Rgb, true);
    let mut kinds = [0; 3];
    for key in store.keys().iter().filter(|key| key[0] == b's') {
        use pixlog::format::{StateData, StateRecord};
        use pixlog::store::Store as _;
        let record = store.get(key).unwrap().unwrap();
        kinds[match StateRecord::decode(key, &record, art.size).unwrap().data {
            StateData::Inline(_) => 0,
            StateData::Staged { .. } => 1,
            StateData::Tiles(_) => 2,
        }] += 1;
    }
    assert!(kinds.iter().all(|count| *count > 1), "{kinds:?}");
}

#[test]
fn names_and_emptiness() {
    let (journal, _) = journal();
    let empty = canvas(&journal, "empty", 3, 3);
    let file = export(&journal, empty.id);
    assert!(matches!(import(&journal, &file), Err(JournalError::NameTaken(_))));
    let name = Some("copy".parse().unwrap());
    let copy = journal.import_file(&mut &file[..], name, &mut |_| {}, Records::default()).unwrap();
    assert_eq!(copy.name.as_str(), "copy");
    assert_equal((&journal, &empty), (&journal, &copy), 1);
}

/// A small file with a pixel, a list and authors.
fn small_file() -> (Vec<u8>, Version) {
    let (journal, _) = journal();
    let art = something(&journal, Mode::Rgb, false);
    (export(&journal, art.id), head(&journal, &art))
}

fn assert_refused(journal: &Journal, store: &MemoryStore, file: &[u8], what: &str) -> ExportError {
    let before = store.keys();
    match import(journal, file) {
        Err(JournalError::BadFile { problem, .. }) => {
            assert_eq!(store.keys(), before, "{what} left something");
            problem
        }
        other => panic!("{what}: {other:?}"),
    }
}

#[test]
fn a_file_that_is_cut_short_changes_nothing() {
    let (file, _) = small_file();
    let (journal, store) = journal();
    for length in 0..file.len() {
        let problem = assert_refused(&journal, &store, &file[..length], &format!("cut at {length}"));
        assert_eq!(problem, ExportError::Short, "cut at {length}");
    }
    let problem = assert_refused(&journal, &store, &[&file[..], b"x"].concat(), "one byte more");
    assert_eq!(problem, ExportError::Trailing);
    import(&journal, &file).unwrap();
}

#[test]
fn a_file_with_another_bit_changes_nothing() {
    let (file, _) = small_file();
    let (journal, store) = journal();
    for at in 0..file.len() {
        for bit in [0, 3, 7] {
            let mut damaged = file.clone();
            damaged[at] ^= 1 << bit;
            assert_refused(&journal, &store, &damaged, &format!("bit {bit} of byte {at}"));
        }
    }
}

#[test]
fn what_is_no_file_of_ours_is_told() {
    let (file, _) = small_file();
    let (journal, store) = journal();
    assert_eq!(
        assert_refused(&journal, &store, b"timestamp,user_id,pixel_color,coordinate", "CSV"),
        ExportError::Signature
    );
    let mut newer = file.clone();
    newer[EXPORT_SIGNATURE.len()] = 2;
    let problem = assert_refused(&journal, &store, &newer, "a newer version");
    assert_eq!(problem.to_string(), "it is of version 2, and this program reads version 1");
    let error = import(&journal, &newer).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the file cannot be imported (at byte 10): it is of version 2, and this program reads version 1"
    );
}

/// Totals that are not those of the file, and tags of versions that it does not have, under checksums that are right.
#[test]
fn a_file_that_counts_wrong_changes_nothing() {
    let (file, _) = small_file();
    let whole = sections(&file);
    let (journal, store) = journal();
    let last = whole.len() - 1;
    assert_eq!(whole[last].0, b'Z');
    // Entries, states, authors, tags of the end; the head in the first section; the version of the first tag.
    let places = [0, 8, 16, 20].map(|at| (last, at)).into_iter().chain([(0, 0), (last - 1, 6)]);
    for (section, at) in places {
        let mut wrong = whole.clone();
        wrong[section].1[at] ^= 1;
        assert_refused(&journal, &store, &forge(&wrong), &format!("byte {at} of section {section}"));
    }
    let mut backwards = whole.clone();
    let (tags, size) = (&whole[last - 1].1, 8 + 1 + 1);
    assert_eq!((whole[last - 1].0, &tags[9..size]), (b'N', &b"a"[..]));
    backwards[last - 1].1 = [&tags[size..], &tags[..size]].concat();
    assert_refused(&journal, &store, &forge(&backwards), "tags out of order");
    import(&journal, &forge(&whole)).unwrap();
}

/// The sections of a file, without their checksums.
fn sections(file: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let mut rest = &file[EXPORT_SIGNATURE.len() + 2..];
    let mut found = Vec::new();
    while let [kind, a, b, c, d, after @ ..] = rest {
        let (body, after) = after.split_at(u32::from_le_bytes([*a, *b, *c, *d]) as usize);
        found.push((*kind, body.to_vec()));
        rest = &after[4..];
    }
    found
}

/// A file of these sections, with the right checksums.
fn forge(sections: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut file = [&EXPORT_SIGNATURE[..], &[1, 0]].concat();
    let mut sum = crc32c::crc32c(&file);
    for (kind, body) in sections {
        let section = [&[*kind], &u32::try_from(body.len()).unwrap().to_le_bytes()[..], body].concat();
        sum = crc32c::crc32c_append(sum, &section);
        file.extend(section);
        file.extend(sum.to_le_bytes());
    }
    file
}

/// Sections that are whole but missing, twice, or in another order are refused, though every checksum is right.
#[test]
fn a_forged_file_changes_nothing() {
    let (file, _) = small_file();
    let whole = sections(&file);
    assert_eq!(forge(&whole), file);
    let (journal, store) = journal();
    for at in 0..whole.len() {
        let mut missing = whole.clone();
        missing.remove(at);
        assert_refused(&journal, &store, &forge(&missing), &format!("without section {at}"));
        let mut twice = whole.clone();
        twice.insert(at, whole[at].clone());
        assert_refused(&journal, &store, &forge(&twice), &format!("section {at} twice"));
        if at > 0 {
            let mut swapped = whole.clone();
            swapped.swap(at - 1, at);
            assert_refused(&journal, &store, &forge(&swapped), &format!("sections {at} swapped"));
        }
        let mut unknown = whole.clone();
        unknown[at].0 = b'Q';
        assert_refused(&journal, &store, &forge(&unknown), &format!("section {at} unknown"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    /// Whatever the sections say: no panic, and nothing is left of what is refused. What is taken is sound.
    #[test]
    fn forged_bytes_do_no_harm(at in any::<prop::sample::Index>(), byte in any::<prop::sample::Index>(), flip in 1u8.., is_large in prop::bool::weighted(0.05)) {
        use std::sync::OnceLock;
        static FILES: OnceLock<[Vec<u8>; 2]> = OnceLock::new();
        let files = FILES.get_or_init(|| [false, true].map(|is_large| {
            let (journal, _) = large_journal();
            let art = something(&journal, Mode::Rgb, is_large);
            export(&journal, art.id)
        }));
        let mut forged = sections(&files[usize::from(is_large)]);
        let section = &mut forged[at.index(if is_large { 12 } else { 8 })].1;
        let byte = byte.index(section.len());
        section[byte] ^= flip;
        let (journal, store) = large_journal();
        match import(&journal, &forge(&forged)) {
            Ok(canvas) => assert_sound(&journal, &canvas),
            Err(_) => assert_only(&store, &[]),
        }
    }
}

#[test]
fn an_import_survives_no_fault_half_done() {
    let (from, _) = large_journal();
    let art = something(&from, Mode::Rgb, true);
    let file = export(&from, art.id);
    for fault in Fault::ALL {
        for commit in (1..40).step_by(4) {
            let (journal, store) = large_journal();
            store.fail_at_commit(store.commits() + commit, fault);
            let outcome = import(&journal, &file);
            drop(journal);
            store.clear_faults();
            let store = store.reopen();
            let journal = open_large(&store);
            if let Ok(back) = journal.canvas_named(&art.name) {
                assert_equal((&from, &art), (&journal, &back), 400);
                assert_only(&store, &[back.id.0]);
            } else {
                assert!(outcome.is_err(), "{fault:?} at {commit}: an answer without a canvas");
                assert_only(&store, &[]);
            }
        }
    }
}

/// A reader or writer that fails in the middle.
struct Failing(usize);

impl Failing {
    fn take(&mut self, bytes: usize) -> io::Result<()> {
        self.0 = self.0.checked_sub(bytes).ok_or(io::ErrorKind::ConnectionReset)?;
        Ok(())
    }
}

impl Write for Failing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.take(bytes.len()).map(|()| bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for Failing {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        bytes.fill(EXPORT_SIGNATURE[0]);
        self.take(bytes.len()).map(|()| bytes.len())
    }
}

#[test]
fn a_broken_connection_is_named() {
    let (journal, store) = journal();
    let art = something(&journal, Mode::Rgb, false);
    let error = journal.export(art.id, &mut Failing(100)).unwrap_err();
    assert!(matches!(&error, JournalError::Output(inner) if inner.kind() == io::ErrorKind::ConnectionReset), "{error}");
    let file = export(&journal, art.id);
    let before = store.keys();
    let mut cut = file[..file.len() / 2].chain(Failing(0));
    let name = Some("copy".parse().unwrap());
    let error = journal.import_file(&mut cut, name, &mut |_| {}, Records::default()).unwrap_err();
    assert!(matches!(&error, JournalError::Input(inner) if inner.kind() == io::ErrorKind::ConnectionReset), "{error}");
    assert_eq!(store.keys(), before);
}

#[test]
fn a_damaged_log_has_no_export() {
    let (journal, store) = journal();
    let art = canvas(&journal, "art", 4, 4);
    draw(&journal, art.id, None, vec![pixel(1, 7)]);
    draw(&journal, art.id, Some("ann"), vec![pixel(1, 8)]);
    let name = store.keys().into_iter().find(|key| key[0] == b'a').unwrap();
    assert!(store.corrupt(&name, |bytes| bytes[3] ^= 1));
    let mut file = Vec::new();
    let error = journal.export(art.id, &mut file).unwrap_err();
    assert!(matches!(error, JournalError::Corrupt { .. }), "{error}");
    let (other, store) = crate::support::journal();
    assert_eq!(assert_refused(&other, &store, &file, "half a file"), ExportError::Short);
}
