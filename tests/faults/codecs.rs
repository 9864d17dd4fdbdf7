//! Damaged bytes are errors, or mean the same; hostile bytes under a right checksum are errors, or within bounds.

use pixlog::canvas::{AuthorId, CellIndex, Colour, Mode, Name, Pixel, Rect, Size, Source, StateId, TileIndex, Time};
use pixlog::format::{
    AuthorRecord, BLOCK_ENTRIES, Blob, BlockView, CanvasRecord, CurrentRecord, FormatError, NumberRecord, PixelList,
    Slot, StateData, StateRecord, StoreRecord, TileList, TileRef, VALUE_BYTES_MAX, Who, compress_tile,
    decode_manifest_part, decode_who, decompress_tile, encode_block, encode_manifest_part, encode_who, open_frame,
    seal_frame,
};
use proptest::prelude::*;

const KEY: &[u8] = b"the key";

/// What is done to the bytes of a record.
#[derive(Debug, Clone)]
enum Damage {
    Flips(Vec<(prop::sample::Index, u8)>),
    Cut(prop::sample::Index),
    CutFront(prop::sample::Index),
    Extended(Vec<u8>),
    Swapped(prop::sample::Index, prop::sample::Index),
}

fn damage() -> impl Strategy<Value = Damage> {
    use prop::sample::Index;
    prop_oneof![
        proptest::collection::vec((any::<Index>(), 1u8..), 1..5).prop_map(Damage::Flips),
        any::<Index>().prop_map(Damage::Cut),
        any::<Index>().prop_map(Damage::CutFront),
        proptest::collection::vec(any::<u8>(), 1..9).prop_map(Damage::Extended),
        (any::<Index>(), any::<Index>()).prop_map(|(a, b)| Damage::Swapped(a, b)),
    ]
}

impl Damage {
    fn apply(&self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        if bytes.is_empty() {
            return bytes;
        }
        match self {
            Self::Flips(flips) => {
                for (at, flip) in flips {
                    let at = at.index(bytes.len());
                    bytes[at] ^= flip;
                }
            }
            Self::Cut(at) => bytes.truncate(at.index(bytes.len())),
            Self::CutFront(at) => drop(bytes.drain(..at.index(bytes.len()))),
            Self::Extended(more) => bytes.extend_from_slice(more),
            Self::Swapped(a, b) => {
                let (a, b) = (a.index(bytes.len()), b.index(bytes.len()));
                bytes.swap(a, b);
            }
        }
        bytes
    }
}

fn who() -> impl Strategy<Value = Who> {
    (0i64..1 << 45, any::<u32>(), 0u8..8).prop_map(|(time, author, source)| Who {
        time: Time(time),
        author: AuthorId(author),
        source: Source::from_number(source).unwrap(),
    })
}

fn slots(cells: u32) -> impl Strategy<Value = Vec<Slot>> {
    let pixel = (0..cells, any::<[u8; 3]>())
        .prop_map(|(cell, [r, g, b])| Pixel { cell: CellIndex(cell), colour: Colour::rgb(r, g, b) });
    let slot = (proptest::option::weighted(0.9, pixel), who()).prop_map(|(pixel, who)| Slot { pixel, who });
    proptest::collection::vec(slot, 1..=BLOCK_ENTRIES).prop_map(|mut slots| {
        slots.sort_by_key(|slot| slot.who.time);
        slots
    })
}

fn sizes() -> impl Strategy<Value = Size> {
    prop_oneof![Just((17, 9)), Just((1, 300)), Just((1 << 13, 1 << 12))].prop_map(|(w, h)| Size::new(w, h).unwrap())
}

fn states() -> impl Strategy<Value = StateRecord> {
    let list = proptest::collection::vec((0u32..153, any::<[u8; 3]>()), 0..700).prop_map(|pixels| {
        let mut list = PixelList::default();
        for (cell, [r, g, b]) in pixels {
            list.push(Pixel { cell: CellIndex(cell), colour: Colour::rgb(r, g, b) }, Mode::Rgb);
        }
        StateData::Inline(list)
    });
    let staged = any::<(u64, u32)>().prop_map(|(data, parts)| StateData::Staged { data: StateId(data), parts });
    let tiles = any::<(u64, u32, u32)>().prop_map(|(data, part, bytes)| {
        let data = StateId(data);
        StateData::Tiles(Blob { data, part, bytes })
    });
    (prop_oneof![list, staged, tiles], any::<(u32, u64)>()).prop_map(|(data, (changed, stored_bytes))| StateRecord {
        region: Rect { x: 3, y: 2, w: 5, h: 7 },
        changed,
        stored_bytes,
        data,
    })
}

/// All that a block says, read through every one of its methods.
fn block_contents(record: &[u8], size: Size) -> Result<(Vec<Option<Pixel>>, Option<Who>), FormatError> {
    let view = BlockView::open(KEY, record, size, Mode::Rgb)?;
    let pixels: Vec<_> = (0..view.count()).map(|index| view.pixel(index)).collect();
    for (index, pixel) in pixels.iter().enumerate() {
        assert_eq!(pixel.is_none(), view.is_state(index));
        assert!(pixel.is_none_or(|pixel| pixel.cell.0 < size.cells()));
    }
    if view.is_pixels_only() {
        let mut cells = Vec::new();
        view.for_each_cell::<3>(0, view.count(), |cell, &[r, g, b]| {
            cells.push(Some(Pixel { cell: CellIndex(cell), colour: Colour::rgb(r, g, b) }));
        });
        assert_eq!(cells, pixels);
    }
    let _ = view.bounds().and_then(|bounds| bounds.intersection(size.rect()));
    Ok((pixels, view.uniform_who()?))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn blocks(
        (size, slots) in sizes().prop_flat_map(|size| (Just(size), slots(size.cells()))),
        damages in proptest::collection::vec(damage(), 8),
    ) {
        let (record, is_uniform) = encode_block(KEY, size, Mode::Rgb, &slots);
        prop_assert!(record.len() <= VALUE_BYTES_MAX);
        let whole = block_contents(&record, size).unwrap();
        prop_assert_eq!(&whole.0, &slots.iter().map(|slot| slot.pixel).collect::<Vec<_>>());
        prop_assert_eq!(whole.1, is_uniform.then_some(slots[0].who));
        let body = open_frame(KEY, &record).unwrap();
        for damage in damages {
            let damaged = damage.apply(&record);
            if damaged != record {
                prop_assert!(block_contents(&damaged, size).is_err());
            }
            // Hostile: the checks inside must do without the checksum.
            let _ = block_contents(&seal_frame(KEY, &damage.apply(body)), size);
        }
    }

    #[test]
    fn authors_and_times(slots in slots(100), damages in proptest::collection::vec(damage(), 8)) {
        // The worst that a real block can hold: authors beyond 2^28 and gaps of years do not come 512 times.
        let whos: Vec<_> = slots.iter().map(|slot| slot.who).take(300).collect();
        let record = encode_who(KEY, whos.iter().copied());
        let decode = |record: &[u8]| {
            let runs = decode_who(KEY, record, whos.len())?;
            assert_eq!(runs.iter().map(|run| run.count).sum::<usize>(), whos.len());
            Ok::<_, FormatError>(runs.iter().flat_map(|run| vec![run.who; run.count]).collect::<Vec<_>>())
        };
        prop_assert_eq!(decode(&record), Ok(whos.clone()));
        let body = open_frame(KEY, &record).unwrap();
        for damage in damages {
            let damaged = damage.apply(&record);
            if damaged != record {
                prop_assert!(decode(&damaged).is_err());
            }
            let _ = decode(&seal_frame(KEY, &damage.apply(body)));
        }
    }

    #[test]
    fn state_records(state in states(), damages in proptest::collection::vec(damage(), 8)) {
        let size = Size::new(17, 9).unwrap();
        let record = state.encode(KEY);
        prop_assert!(record.len() <= VALUE_BYTES_MAX);
        let decode = |record: &[u8]| {
            let state = StateRecord::decode(KEY, record, size)?;
            assert!(state.region.fits(size));
            if let StateData::Inline(list) = &state.data {
                for pixel in PixelList::read(&list.0, size, Mode::Rgb)? {
                    assert!(pixel?.cell.0 < size.cells());
                }
            }
            Ok::<_, FormatError>(state)
        };
        prop_assert_eq!(decode(&record), Ok(state));
        let body = open_frame(KEY, &record).unwrap();
        for damage in damages {
            let damaged = damage.apply(&record);
            if damaged != record {
                prop_assert!(decode(&damaged).is_err());
            }
            let _ = decode(&seal_frame(KEY, &damage.apply(body)));
        }
    }

    #[test]
    fn manifests(
        tiles in proptest::collection::vec(any::<(u64, u32, u32)>(), 1..=256),
        damages in proptest::collection::vec(damage(), 8),
    ) {
        let tiles: Vec<_> =
            tiles.into_iter().map(|(data, part, bytes)| TileRef { data: StateId(data), part, bytes }).collect();
        let record = encode_manifest_part(KEY, &tiles);
        prop_assert!(record.len() <= VALUE_BYTES_MAX);
        prop_assert_eq!(decode_manifest_part(KEY, &record, tiles.len()), Ok(tiles.clone()));
        for damage in damages {
            let damaged = damage.apply(&record);
            if damaged != record {
                prop_assert!(decode_manifest_part(KEY, &damaged, tiles.len()).is_err());
            }
        }
    }

    /// Tiles and their lists have no checksum of their own: the parts that hold them do. Whatever stands there, nothing
    /// is written beyond the cells, and a list that decodes is in order.
    #[test]
    fn tiles(
        raw in proptest::collection::vec(any::<u8>(), 1..600),
        repeat in 1usize..20,
        damages in proptest::collection::vec(damage(), 8),
        list in proptest::collection::btree_map(any::<u32>(), any::<(u32, u32)>(), 0..50),
    ) {
        let raw = raw.repeat(repeat);
        let stored = compress_tile(&raw);
        let mut back = vec![0; raw.len()];
        prop_assert_eq!(decompress_tile(&stored, &mut back), Ok(()));
        prop_assert_eq!(&back, &raw);
        let tile = |(index, (part, bytes))| (TileIndex(index), TileRef { data: StateId(3), part, bytes });
        let list = TileList(list.into_iter().map(tile).collect());
        prop_assert_eq!(TileList::decode(&list.encode(), StateId(3)), Ok(list.clone()));
        for damage in damages {
            let mut cells = vec![0; raw.len()];
            let _ = decompress_tile(&damage.apply(&stored), &mut cells);
            if let Ok(decoded) = TileList::decode(&damage.apply(&list.encode()), StateId(3)) {
                prop_assert!(decoded.0.is_sorted_by_key(|(index, _)| *index));
            }
        }
    }

    #[test]
    fn small_records(name in "\\PC{1,128}", number in any::<u64>(), damages in proptest::collection::vec(damage(), 8)) {
        let author = AuthorRecord { name, authenticated: number.is_multiple_of(2) };
        let current = CurrentRecord { canvas: number, run: Some(number).filter(|number| number.is_multiple_of(3)) };
        let counted = NumberRecord { number };
        let store = StoreRecord { block_entries: number as u32, tile_side: 256 };
        let slug: Name = "a-slug_0".parse().unwrap();
        let (size, mode) = (Size::new(17, 9).unwrap(), Mode::Rgba);
        let canvas =
            CanvasRecord { name: slug, size, mode, background: Colour([1, 2, 3, 4]), created_at: Time(number.cast_signed()) };
        let records =
            [author.encode(KEY), current.encode(KEY), counted.encode(KEY), store.encode(KEY), canvas.encode(KEY)];
        prop_assert_eq!(AuthorRecord::decode(KEY, &records[0]), Ok(author));
        prop_assert_eq!(CurrentRecord::decode(KEY, &records[1]), Ok(current));
        prop_assert_eq!(NumberRecord::decode(KEY, &records[2]), Ok(counted));
        prop_assert_eq!(StoreRecord::decode(KEY, &records[3]), Ok(store));
        prop_assert_eq!(CanvasRecord::decode(KEY, &records[4]), Ok(canvas));
        let is_refused = |kind: usize, record: &[u8]| match kind {
            0 => AuthorRecord::decode(KEY, record).is_err(),
            1 => CurrentRecord::decode(KEY, record).is_err(),
            2 => NumberRecord::decode(KEY, record).is_err(),
            3 => StoreRecord::decode(KEY, record).is_err(),
            _ => CanvasRecord::decode(KEY, record).is_err(),
        };
        for damage in damages {
            for (kind, record) in records.iter().enumerate() {
                let damaged = damage.apply(record);
                prop_assert!(damaged == *record || is_refused(kind, &damaged));
                // No panic, no huge allocation, whatever stands under a right checksum.
                let body = open_frame(KEY, record).unwrap();
                let _ = is_refused(kind, &seal_frame(KEY, &damage.apply(body)));
            }
        }
    }
}
