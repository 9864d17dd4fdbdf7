//! Every commit of a session fails once in every way; the session is then repeated from its start.

use pixlog::canvas::{CanvasId, Version};
use pixlog::journal::{CreateTerms, Expectation, Journal, JournalError, LabelWrite, Records, TagWrite};
use pixlog::store::{Fault, MemoryStore};

use crate::common::{RED, append, count, error, key, new_canvas, open, plain, send, state, whole, with_key};

/// Makes a canvas, draws, puts a state, tags, labels, deletes another; each step by its key, or so that a repeat does no harm.
fn session(journal: &Journal) -> Result<CanvasId, JournalError> {
    let create = |k, name| {
        let terms = CreateTerms { idempotency: Some(key(k, 1)), ..CreateTerms::default() };
        journal.create_canvas_once(new_canvas(Some(name)), terms, |_| Records::default())
    };
    let id = create(1, "kept")?.outcome.id;
    match create(2, "deleted") {
        Ok(made) => journal.delete_canvas(made.outcome.id, Expectation::Any)?,
        // A session before this one came further.
        Err(JournalError::Deleted(_)) => {}
        Err(error) => return Err(error),
    }
    let sent: Vec<_> = (0..4u8).map(|n| send(journal, append(id, n.into()), with_key(key(10 + n, 1)))).collect();
    for answer in sent {
        answer.recv().unwrap_or(Err(JournalError::Stopping))?;
    }
    journal.put_state_once(state(id, whole()), with_key(key(3, 1)), &mut plain(RED))?;
    let (tag, version, expectation) = ("best".parse().unwrap(), Some(Version(4)), Expectation::Any);
    journal.write_tag(TagWrite { canvas: id, tag, version, expectation, idempotency: Some(key(4, 1)) })?;
    let label = Some("kept for ever".parse().unwrap());
    journal.write_label(LabelWrite { canvas: id, label, expectation, idempotency: Some(key(5, 1)) })?;
    Ok(id)
}

#[test]
fn a_session_that_is_repeated_does_everything_once() {
    for fault in Fault::ALL {
        for commit in 1.. {
            let mut store = MemoryStore::new();
            store.fail_at_commit(commit, fault);
            let first = Journal::open(std::sync::Arc::new(store.clone()), pixlog::journal::Options::default());
            let outcome = first.and_then(|journal| session(&journal));
            let is_over = store.commits() < commit;
            store.clear_faults();
            if outcome.is_err() {
                store = store.reopen();
            }
            let journal = open(&store);
            let id = session(&journal).unwrap();
            assert!(outcome.is_err() || outcome.unwrap() == id, "{fault:?} at {commit}");
            assert_eq!(journal.head(id).unwrap().version, Version(5), "{fault:?} at {commit}");
            assert!((0..4).all(|colour| count(&journal, id, colour) == 1), "{fault:?} at {commit}");
            assert_eq!(journal.tag(id, &"best".parse().unwrap()).unwrap(), Version(4));
            let now = journal.canvas_now(id).unwrap();
            assert_eq!(now.label, "kept for ever".parse().ok(), "{fault:?} at {commit}");
            let deleted = journal.canvas_named(&"deleted".parse().unwrap());
            assert_eq!(error(deleted), "Deleted(Name(\"deleted\"))");
            assert_eq!(journal.canvases(None, 10).unwrap().len(), 1, "{fault:?} at {commit}");
            if is_over {
                assert!(commit > 6, "a session takes {commit} commits");
                break;
            }
        }
    }
}
