//! Keys: one byte for the kind, then big-endian numbers, the first of them the canvas where the record has one.

use crate::canvas::{Author, AuthorId, BlockNumber, CanvasId, DeltaNumber, Name, RunId, StateId, Tag, Version};

const AUTHOR: u8 = b'a';
const BLOCK: u8 = b'b';
const CANVAS: u8 = b'c';
const DATA: u8 = b'd';
const TOMBSTONE: u8 = b'e';
const SETTINGS: u8 = b'f';
const STAGING: u8 = b'g';
const HIDDEN: u8 = b'h';
const AUTHOR_NAME: u8 = b'i';
const AUTHOR_INDEX: u8 = b'j';
const SYSTEM: u8 = b'k';
const AUTHOR_LIST: u8 = b'l';
const OUTCOME: u8 = b'm';
const NAME: u8 = b'n';
const OUTCOME_ORDER: u8 = b'o';
const SNAPSHOT: u8 = b'p';
const RUN: u8 = b'r';
const STATE: u8 = b's';
const TAIL: u8 = b't';
const TAIL_WHO: u8 = b'u';
const TAG: u8 = b'v';
const BLOCK_WHO: u8 = b'w';
const DELTA: u8 = b'x';
const LABEL: u8 = b'y';
const PURGE: u8 = b'z';

/// The kinds of records whose first number is a canvas.
const OF_CANVAS: [u8; 20] = [
    AUTHOR,
    BLOCK,
    CANVAS,
    DATA,
    TOMBSTONE,
    SETTINGS,
    STAGING,
    HIDDEN,
    AUTHOR_NAME,
    AUTHOR_INDEX,
    AUTHOR_LIST,
    SNAPSHOT,
    STATE,
    TAIL,
    TAIL_WHO,
    TAG,
    BLOCK_WHO,
    DELTA,
    LABEL,
    PURGE,
];

fn numbered<const N: usize>(kind: u8, numbers: [u64; N]) -> Vec<u8> {
    let mut key = Vec::with_capacity(1 + 8 * N);
    key.push(kind);
    for number in numbers {
        key.extend_from_slice(&number.to_be_bytes());
    }
    key
}

fn with_part(mut key: Vec<u8>, part: u32) -> Vec<u8> {
    key.extend_from_slice(&part.to_be_bytes());
    key
}

/// What a canvas is.
#[must_use]
pub fn canvas(id: CanvasId) -> Vec<u8> {
    numbered(CANVAS, [id.0])
}

/// All canvases.
#[must_use]
pub fn canvases() -> Vec<u8> {
    vec![CANVAS]
}

/// The palette and the cooldown of a canvas.
#[must_use]
pub fn settings(canvas: CanvasId) -> Vec<u8> {
    numbered(SETTINGS, [canvas.0])
}

/// What people call a canvas.
#[must_use]
pub fn label(canvas: CanvasId) -> Vec<u8> {
    numbered(LABEL, [canvas.0])
}

/// That a canvas was deleted.
#[must_use]
pub fn tombstone(canvas: CanvasId) -> Vec<u8> {
    numbered(TOMBSTONE, [canvas.0])
}

/// That a deleted canvas has left records behind.
#[must_use]
pub fn purge(canvas: CanvasId) -> Vec<u8> {
    numbered(PURGE, [canvas.0])
}

/// All deleted canvases that have left records behind.
#[must_use]
pub fn purges() -> Vec<u8> {
    vec![PURGE]
}

/// The ranges of keys, from and up to but not including, that a deleted canvas leaves behind, or one that nobody ever
/// saw: all of its kinds, but for its own record, which goes with the deletion, and the marks, which go last or stay.
pub fn purged(canvas: CanvasId) -> impl Iterator<Item = (Vec<u8>, Vec<u8>)> {
    let kinds = OF_CANVAS.into_iter().filter(|kind| ![CANVAS, TOMBSTONE, PURGE, HIDDEN].contains(kind));
    kinds.map(move |kind| (numbered(kind, [canvas.0]), numbered(kind, [canvas.0 + 1])))
}

/// Which version a tag names.
#[must_use]
pub fn tag(canvas: CanvasId, tag: &Tag) -> Vec<u8> {
    let mut key = numbered(TAG, [canvas.0]);
    key.extend_from_slice(tag.as_str().as_bytes());
    key
}

/// All tags of a canvas, from and up to but not including.
#[must_use]
pub fn tags(canvas: CanvasId) -> (Vec<u8>, Vec<u8>) {
    (numbered(TAG, [canvas.0]), numbered(TAG, [canvas.0 + 1]))
}

/// What became of the write with an idempotency key, given as its hash.
#[must_use]
pub fn outcome(hash: &[u8; 32]) -> Vec<u8> {
    let mut key = vec![OUTCOME];
    key.extend_from_slice(hash);
    key
}

/// The idempotency key that was remembered as number `number`.
#[must_use]
pub fn outcome_order(number: u64) -> Vec<u8> {
    numbered(OUTCOME_ORDER, [number])
}

/// All idempotency keys in the order in which they were remembered.
#[must_use]
pub fn outcome_orders() -> Vec<u8> {
    vec![OUTCOME_ORDER]
}

/// Which canvas has a name.
#[must_use]
pub fn name(name: &Name) -> Vec<u8> {
    let mut key = vec![NAME];
    key.extend_from_slice(name.as_str().as_bytes());
    key
}

/// A full block.
#[must_use]
pub fn block(canvas: CanvasId, number: BlockNumber) -> Vec<u8> {
    numbered(BLOCK, [canvas.0, number.0])
}

/// All full blocks of a canvas.
#[must_use]
pub fn blocks(canvas: CanvasId) -> Vec<u8> {
    numbered(BLOCK, [canvas.0])
}

/// Who wrote the entries of a full block, and when, where that differs within it.
#[must_use]
pub fn block_who(canvas: CanvasId, number: BlockNumber) -> Vec<u8> {
    numbered(BLOCK_WHO, [canvas.0, number.0])
}

/// All records of who wrote the entries of full blocks, and when.
#[must_use]
pub fn block_whos(canvas: CanvasId) -> Vec<u8> {
    numbered(BLOCK_WHO, [canvas.0])
}

/// The entries of one commit after the last full block, by the first of their versions.
#[must_use]
pub fn tail(canvas: CanvasId, first: Version) -> Vec<u8> {
    numbered(TAIL, [canvas.0, first.0])
}

/// All tail records of a canvas.
#[must_use]
pub fn tails(canvas: CanvasId) -> Vec<u8> {
    numbered(TAIL, [canvas.0])
}

/// Who wrote the entries of a tail record, and when, where that differs within it.
#[must_use]
pub fn tail_who(canvas: CanvasId, first: Version) -> Vec<u8> {
    numbered(TAIL_WHO, [canvas.0, first.0])
}

/// All records of who wrote the entries of tail records, and when.
#[must_use]
pub fn tail_whos(canvas: CanvasId) -> Vec<u8> {
    numbered(TAIL_WHO, [canvas.0])
}

/// What a state entry did.
#[must_use]
pub fn state(canvas: CanvasId, version: Version) -> Vec<u8> {
    numbered(STATE, [canvas.0, version.0])
}

/// All that state entries of a canvas did.
#[must_use]
pub fn states(canvas: CanvasId) -> Vec<u8> {
    numbered(STATE, [canvas.0])
}

/// A part of staged data.
#[must_use]
pub fn data(canvas: CanvasId, id: StateId, part: u32) -> Vec<u8> {
    with_part(numbered(DATA, [canvas.0, id.0]), part)
}

/// All staged data of a canvas.
#[must_use]
pub fn data_of(canvas: CanvasId) -> Vec<u8> {
    numbered(DATA, [canvas.0])
}

/// All parts under one id.
#[must_use]
pub fn data_under(canvas: CanvasId, id: StateId) -> Vec<u8> {
    numbered(DATA, [canvas.0, id.0])
}

/// That data is being staged under an id which nothing names yet.
#[must_use]
pub fn staging(canvas: CanvasId, id: StateId) -> Vec<u8> {
    numbered(STAGING, [canvas.0, id.0])
}

/// All ids that data is being staged under, of one canvas or of all.
#[must_use]
pub fn stagings(canvas: Option<CanvasId>) -> Vec<u8> {
    canvas.map_or_else(|| vec![STAGING], |canvas| numbered(STAGING, [canvas.0]))
}

/// That a canvas is being made which nobody sees yet.
#[must_use]
pub fn hidden(canvas: CanvasId) -> Vec<u8> {
    numbered(HIDDEN, [canvas.0])
}

/// All canvases that nobody sees yet.
#[must_use]
pub fn hiddens() -> Vec<u8> {
    vec![HIDDEN]
}

/// A part of the manifest of a snapshot.
#[must_use]
pub fn snapshot(canvas: CanvasId, version: Version, part: u32) -> Vec<u8> {
    with_part(numbered(SNAPSHOT, [canvas.0, version.0]), part)
}

/// A part of a delta.
#[must_use]
pub fn delta(canvas: CanvasId, number: DeltaNumber, part: u32) -> Vec<u8> {
    with_part(numbered(DELTA, [canvas.0, number.0]), part)
}

/// All deltas of a canvas.
#[must_use]
pub fn deltas(canvas: CanvasId) -> Vec<u8> {
    numbered(DELTA, [canvas.0])
}

/// All snapshots of a canvas.
#[must_use]
pub fn snapshots(canvas: CanvasId) -> Vec<u8> {
    numbered(SNAPSHOT, [canvas.0])
}

/// The author of a number.
#[must_use]
pub fn author(canvas: CanvasId, id: AuthorId) -> Vec<u8> {
    with_part(numbered(AUTHOR, [canvas.0]), id.0)
}

/// All authors of a canvas.
#[must_use]
pub fn authors(canvas: CanvasId) -> Vec<u8> {
    numbered(AUTHOR, [canvas.0])
}

/// The numbers of all authors of a canvas.
#[must_use]
pub fn author_names(canvas: CanvasId) -> Vec<u8> {
    numbered(AUTHOR_NAME, [canvas.0])
}

/// The number of an author.
#[must_use]
pub fn author_name(canvas: CanvasId, author: &Author) -> Vec<u8> {
    let mut key = numbered(AUTHOR_NAME, [canvas.0]);
    key.push(u8::from(author.authenticated));
    key.extend_from_slice(author.name.as_bytes());
    key
}

/// A list of authors, by the number of the first.
#[must_use]
pub fn author_list(canvas: CanvasId, first: AuthorId) -> Vec<u8> {
    with_part(numbered(AUTHOR_LIST, [canvas.0]), first.0)
}

/// All lists of authors of a canvas.
#[must_use]
pub fn author_lists(canvas: CanvasId) -> Vec<u8> {
    numbered(AUTHOR_LIST, [canvas.0])
}

/// A part of the index of the authors in lists: its run, then the checksum and the number that it begins with.
#[must_use]
pub fn author_index(canvas: CanvasId, run: u32, checksum: u32, first: AuthorId) -> Vec<u8> {
    with_part(with_part(with_part(numbered(AUTHOR_INDEX, [canvas.0]), run), checksum), first.0)
}

/// All parts of the index of the authors in lists.
#[must_use]
pub fn author_indexes(canvas: CanvasId) -> Vec<u8> {
    numbered(AUTHOR_INDEX, [canvas.0])
}

/// The run that a part of an index belongs to.
#[must_use]
pub fn author_index_run(key: &[u8]) -> u32 {
    let bytes = key.get(9..13).and_then(|bytes| bytes.first_chunk::<4>());
    bytes.map_or(0, |bytes| u32::from_be_bytes(*bytes))
}

/// Each kind of record whose first number is a canvas.
#[must_use]
pub fn kinds_with_canvas() -> [Vec<u8>; OF_CANVAS.len()] {
    OF_CANVAS.map(|kind| vec![kind])
}

/// What a run is.
#[must_use]
pub fn run(id: RunId) -> Vec<u8> {
    numbered(RUN, [id.0])
}

/// All runs.
#[must_use]
pub fn runs() -> Vec<u8> {
    vec![RUN]
}

/// What the store is.
#[must_use]
pub fn store() -> Vec<u8> {
    numbered(SYSTEM, [0, 0])
}

/// The current canvas and run.
#[must_use]
pub fn current() -> Vec<u8> {
    numbered(SYSTEM, [0, 1])
}

/// The `index`th big-endian number behind the kind of `key`.
#[must_use]
pub fn number(key: &[u8], index: usize) -> Option<u64> {
    let start = 1 + 8 * index;
    let bytes = key.get(start..start + 8)?;
    Some(u64::from_be_bytes(bytes.try_into().ok()?))
}

/// The kind of record that `key` is for, in words.
#[must_use]
pub fn kind(key: &[u8]) -> &'static str {
    match key.first() {
        Some(&AUTHOR) => "author",
        Some(&BLOCK) => "block",
        Some(&CANVAS) => "canvas record",
        Some(&DATA) => "data part",
        Some(&TOMBSTONE) => "tombstone",
        Some(&SETTINGS) => "settings",
        Some(&OUTCOME) => "remembered outcome",
        Some(&OUTCOME_ORDER) => "order of an outcome",
        Some(&TAG) => "tag",
        Some(&LABEL) => "label",
        Some(&PURGE) => "purge mark",
        Some(&STAGING) => "staging mark",
        Some(&HIDDEN) => "mark of a hidden canvas",
        Some(&AUTHOR_NAME) => "author index",
        Some(&AUTHOR_INDEX) => "index of authors",
        Some(&AUTHOR_LIST) => "list of authors",
        Some(&SYSTEM) => "system record",
        Some(&NAME) => "name",
        Some(&DELTA) => "delta",
        Some(&SNAPSHOT) => "snapshot manifest",
        Some(&RUN) => "run",
        Some(&STATE) => "state",
        Some(&TAIL) => "tail record",
        Some(&TAIL_WHO) => "tail's times and authors",
        Some(&BLOCK_WHO) => "block's times and authors",
        _ => "unknown record",
    }
}

/// What `key` names, for an error message: its kind, and what tells it from others of its kind and canvas.
#[must_use]
pub fn describe(key: &[u8]) -> String {
    let kind_name = kind(key);
    let text_from = |start: usize| String::from_utf8_lossy(key.get(start..).unwrap_or_default()).into_owned();
    let part = || key.last_chunk::<4>().map_or(0, |bytes| u32::from_be_bytes(*bytes));
    match key.first() {
        Some(&NAME) => format!("{kind_name} {:?}", text_from(1)),
        Some(&AUTHOR_NAME) => format!("{kind_name} {:?}", text_from(10)),
        Some(&AUTHOR | &AUTHOR_LIST | &AUTHOR_INDEX) => format!("{kind_name} {}", part()),
        Some(&CANVAS | &SETTINGS | &LABEL | &TOMBSTONE | &PURGE | &HIDDEN) => kind_name.to_owned(),
        Some(&DATA | &DELTA | &SNAPSHOT) => format!("{kind_name} {}/{}", number(key, 1).unwrap_or(0), part()),
        Some(&TAG) => format!("{kind_name} {:?}", text_from(9)),
        Some(&OUTCOME) => {
            let hash = number(key, 0).unwrap_or(0).to_be_bytes();
            format!("{kind_name} {:02x}{:02x}{:02x}{:02x}", hash[0], hash[1], hash[2], hash[3])
        }
        Some(&RUN | &OUTCOME_ORDER) => format!("{kind_name} {}", number(key, 0).unwrap_or(0)),
        _ => format!("{kind_name} {}", number(key, 1).unwrap_or(0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_sort_by_number() {
        let keys = [1u64, 2, 255, 256, 65_536].map(|n| block(CanvasId(7), BlockNumber(n)));
        assert!(keys.is_sorted());
        assert_eq!(number(&keys[3], 1), Some(256));
        assert_eq!(number(&keys[3], 2), None);
        assert_eq!(describe(&keys[3]), "block 256");
        assert!(keys[4].starts_with(&blocks(CanvasId(7))));
        assert!(data(CanvasId(1), StateId(2), 3) < data(CanvasId(1), StateId(2), 256));
    }

    /// A long name was once shown as numbers, and authors and parts were not told apart.
    #[test]
    fn records_are_told_apart_by_their_descriptions() {
        let author = Author { name: "a name of some length".to_owned(), authenticated: true };
        let name: Name = "a-name-of-some-length".parse().expect("a slug");
        let canvas_id = CanvasId(7);
        for (key, text) in [
            (self::name(&name), "name \"a-name-of-some-length\""),
            (author_name(canvas_id, &author), "author index \"a name of some length\""),
            (self::author(canvas_id, AuthorId(3)), "author 3"),
            (canvas(canvas_id), "canvas record"),
            (data(canvas_id, StateId(2), 5), "data part 2/5"),
            (snapshot(canvas_id, Version(512), 1), "snapshot manifest 512/1"),
            (delta(canvas_id, DeltaNumber(3), 1), "delta 3/1"),
            (state(canvas_id, Version(9)), "state 9"),
            (tag(canvas_id, &"best".parse().expect("a tag")), "tag \"best\""),
            (settings(canvas_id), "settings"),
            (label(canvas_id), "label"),
            (tombstone(canvas_id), "tombstone"),
            (outcome(&[0xab; 32]), "remembered outcome abababab"),
            (outcome_order(3), "order of an outcome 3"),
            (run(RunId(4)), "run 4"),
            (current(), "system record 1"),
        ] {
            assert_eq!(describe(&key), text);
        }
    }
}
