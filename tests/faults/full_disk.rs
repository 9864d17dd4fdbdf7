//! A disk that is really full: a small one in memory, mounted for the test. Without leave to mount, it is skipped.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use pixlog::canvas::{Mode, Rect, Size, Source, Version};
use pixlog::journal::{Canvas, Expectation, Journal, JournalError, NewCanvas, Options, Records, StateWrite};
use pixlog::store::{SledOptions, SledStore, StoreError};

use crate::common::Numbers;
use crate::common::make::rows;

/// A mounted file system of so many MiB, until it is dropped.
struct Mounted(tempfile::TempDir);

impl Mounted {
    fn new(mib: u32) -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let size = format!("size={mib}m");
        let mount =
            Command::new("mount").args(["-t", "tmpfs", "-o", &size, "pixlog-test"]).arg(directory.path()).output();
        mount.is_ok_and(|output| output.status.success()).then_some(Self(directory))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}

/// Takes up space, as other programs do.
struct Filler(PathBuf);

impl Filler {
    fn new(directory: &Path, bytes: usize) -> Self {
        let path = directory.join("filler");
        // A disk that is too small takes as much as it can.
        let mut left = bytes;
        let mut file = fs::File::create(&path).unwrap();
        while left > 0 && std::io::Write::write_all(&mut file, &vec![1; left.min(64 << 10)]).is_ok() {
            left -= left.min(64 << 10);
        }
        Self(path)
    }

    fn remove(self) {
        fs::remove_file(self.0).unwrap();
    }
}

fn open(directory: &Path) -> Result<Journal, JournalError> {
    let options = SledOptions { reserve_bytes: 6 << 20, ..SledOptions::default() };
    let store = SledStore::open(directory, &options)?;
    Journal::open(Arc::new(store), Options { snapshots: false, ..Options::default() })
}

fn put(journal: &Journal, canvas: &Canvas, seed: u64) -> Result<Version, JournalError> {
    let write = StateWrite {
        canvas: canvas.id,
        region: canvas.size.rect(),
        author: None,
        source: Source::Api,
        expectation: Expectation::Any,
        records: Records::default(),
    };
    journal.put_state(write, &mut rows(&noise(canvas, seed))).map(|committed| committed.version)
}

fn noise(canvas: &Canvas, seed: u64) -> Vec<u8> {
    let mut numbers = Numbers(seed);
    (0..canvas.size.cells()).flat_map(|_| numbers.colour(Mode::Rgb).0[..3].to_vec()).collect()
}

fn check(journal: &Journal, canvas: &Canvas, version: Version) {
    let Rect { w, h, .. } = canvas.size.rect();
    let mut reader = journal.image_at(canvas.id, version, canvas.size.rect()).unwrap();
    let band = reader.next_band().unwrap().unwrap();
    assert_eq!(band.rect(), Rect { x: 0, y: 0, w, h });
    assert!(band.data() == noise(canvas, version.0), "version {version}");
}

#[test]
fn writing_stops_reading_goes_on_and_all_is_well_when_there_is_room_again() {
    let Some(disk) = Mounted::new(72) else {
        println!("skipped: a file system cannot be mounted here");
        return;
    };
    let data = disk.path().join("data");
    let filler = Filler::new(disk.path(), 12 << 20);
    let journal = open(&data).unwrap();
    let size = Size::new(300, 300).unwrap();
    let new = NewCanvas { name: None, size, mode: Mode::Rgb, background: pixlog::canvas::Colour::WHITE };
    let canvas = journal.create_canvas(new, Records::default()).unwrap();
    let mut head = Version(0);
    let refused = loop {
        match put(&journal, &canvas, head.0 + 1) {
            Ok(version) => head = version,
            Err(error) => break error,
        }
        assert!(head.0 < 1_000, "the disk never fills up");
    };
    assert!(matches!(refused, JournalError::Store(StoreError::Full { .. })), "{refused}");
    assert!(head.0 > 10, "full at {head}");
    assert_eq!(journal.poisoned(), None);
    for version in [1, head.0 / 2, head.0] {
        check(&journal, &canvas, Version(version));
    }
    assert_eq!(journal.head(canvas.id).unwrap().version, head);

    filler.remove();
    head = put(&journal, &canvas, head.0 + 1).unwrap();
    check(&journal, &canvas, head);

    // Not a byte is left, and the next start needs some: it takes them from the ballast.
    journal.close();
    drop(journal);
    let filler = Filler::new(disk.path(), 64 << 20);
    assert!(data.join("ballast").exists());
    let journal = open(&data).unwrap();
    assert!(!data.join("ballast").exists());
    check(&journal, &canvas, head);
    check(&journal, &canvas, Version(1));
    drop(journal);
    filler.remove();
    let journal = open(&data).unwrap();
    head = put(&journal, &canvas, head.0 + 1).unwrap();
    check(&journal, &canvas, head);
    let mut problems = Vec::new();
    journal.verify(canvas.id, &mut |_| {}, &mut |problem| problems.push(problem)).unwrap();
    assert_eq!(problems, Vec::<String>::new());
}
