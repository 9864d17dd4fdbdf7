//! Restore, undo, fork and import with idempotency keys: done once, told again, also after a restart.

use pixlog::canvas::{CanvasId, Rect, Version};
use pixlog::journal::{
    Answered, Canvas, Fork, Idempotency, ImportTerms, Journal, JournalError, Records, StateCommitted, Terms, Undo,
    UndoCommitted, UndoEntries,
};
use pixlog::store::MemoryStore;

use crate::support::{assert_sound, canvas, draw, head, image, journal, open, pixel, write};

const fn key(key: u8, body: u8) -> Idempotency {
    Idempotency { key: [key; 32], body: [body; 32] }
}

fn terms(idempotency: Idempotency) -> Terms<'static> {
    Terms { idempotency: Some(idempotency), ..Terms::default() }
}

fn import_terms(idempotency: Idempotency) -> ImportTerms<'static> {
    ImportTerms { idempotency: Some(idempotency), claim: None }
}

fn restore(journal: &Journal, art: &Canvas, body: u8) -> Result<Answered<StateCommitted>, JournalError> {
    journal.restore_once(write(art), Version(1), terms(key(1, body)))
}

fn undo(journal: &Journal, art: &Canvas, body: u8) -> Result<Answered<UndoCommitted>, JournalError> {
    let undo = Undo { entries: UndoEntries::Versions(Version(1), Version(2)), only: None };
    journal.undo_once(write(art), undo, terms(key(2, body)))
}

fn fork(journal: &Journal, art: &Canvas, body: u8) -> Result<Answered<Canvas>, JournalError> {
    let fork = Fork { canvas: art.id, version: Version(2), name: None, author: None, records: Records::default() };
    journal.fork_once(fork, import_terms(key(3, body)))
}

fn import(journal: &Journal, mut file: &[u8], name: &str, body: u8) -> Result<Answered<Canvas>, JournalError> {
    let name = Some(name.parse().unwrap());
    let mut terms = || import_terms(key(4, body));
    journal.import_file_once(&mut file, name, &mut |_| {}, Some(&mut terms), Records::default())
}

/// What is done by a key is done once, and told again by whoever asks later; with another body it is refused.
#[test]
fn what_was_done_by_a_key_is_told_again() {
    let (journal, store) = journal();
    let art = canvas(&journal, "art", 10, 10);
    draw(&journal, art.id, Some("ann"), vec![pixel(3, 1), pixel(4, 2), pixel(3, 3)]);
    let mut file = Vec::new();
    journal.export(art.id, &mut file).unwrap();
    let undone = undo(&journal, &art, 1).unwrap();
    assert!(!undone.replayed);
    assert_eq!((undone.outcome.version, undone.outcome.changed, undone.outcome.skipped), (Version(4), 1, 1));
    let restored = restore(&journal, &art, 1).unwrap();
    assert!(!restored.replayed);
    assert_eq!((restored.outcome.version, restored.outcome.changed), (Version(5), 1));
    let forked = fork(&journal, &art, 1).unwrap();
    let imported = import(&journal, &file, "copy", 1).unwrap();
    assert_eq!((forked.replayed, imported.replayed), (false, false));
    let keys = |store: &MemoryStore| store.keys().into_iter().filter(|key| key[0] != b'o').collect::<Vec<_>>();
    let before = keys(&store);
    drop(journal);
    let store = store.reopen();
    let journal = open(&store);
    for _ in 0..2 {
        assert_eq!(undo(&journal, &art, 1).unwrap(), Answered { outcome: undone.outcome, replayed: true });
        assert_eq!(restore(&journal, &art, 1).unwrap(), Answered { outcome: restored.outcome, replayed: true });
        assert_eq!(fork(&journal, &art, 1).unwrap(), Answered { outcome: forked.outcome.clone(), replayed: true });
        // The name is taken by what the same import made.
        let again = import(&journal, &file, "copy", 1).unwrap();
        assert_eq!(again, Answered { outcome: imported.outcome.clone(), replayed: true });
        for refused in [
            undo(&journal, &art, 2).map(drop),
            restore(&journal, &art, 2).map(drop),
            fork(&journal, &art, 2).map(drop),
            import(&journal, &file, "copy", 2).map(drop),
        ] {
            assert!(matches!(refused, Err(JournalError::KeyReused)), "{refused:?}");
        }
    }
    assert_eq!(keys(&store), before, "something was written");
    assert_eq!(head(&journal, &art), Version(5));
    assert_eq!(journal.canvases(None, 10).unwrap().len(), 3);
    assert!(image(&journal, &imported.outcome, Version(3)) == image(&journal, &art, Version(3)));
    assert_sound(&journal, &imported.outcome);
}

/// An undo that finds nothing to take back is remembered, too.
#[test]
fn an_undo_of_nothing_is_told_again() {
    let (journal, _) = journal();
    let art = canvas(&journal, "art", 10, 10);
    draw(&journal, art.id, None, vec![pixel(0, 1)]);
    let region = Rect { x: 5, y: 5, w: 2, h: 2 };
    let undo = || {
        let undo = Undo { entries: UndoEntries::Versions(Version(1), Version(1)), only: None };
        let write = pixlog::journal::StateWrite { region, ..write(&art) };
        journal.undo_once(write, undo, terms(key(5, 1))).unwrap()
    };
    let first = undo();
    assert_eq!((first.outcome.version, first.outcome.changed, first.replayed), (Version(1), 0, false));
    draw(&journal, art.id, None, vec![pixel(1, 1)]);
    assert_eq!(undo(), Answered { outcome: first.outcome, replayed: true });
}

#[test]
fn canvases_that_are_not_there_are_told() {
    let (journal, _) = journal();
    let mut art = canvas(&journal, "art", 10, 10);
    art.id = CanvasId(99);
    for refused in
        [undo(&journal, &art, 1).map(drop), restore(&journal, &art, 1).map(drop), fork(&journal, &art, 1).map(drop)]
    {
        assert!(matches!(refused, Err(JournalError::NoCanvasId(CanvasId(99)))), "{refused:?}");
    }
}
