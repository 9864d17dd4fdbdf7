//! The authors of a canvas: by number and by name.
//!
//! Who comes one by one has a record by number and one by name. Who came by an import stands in lists, numbered from 1,
//! with an index of sorted runs, one for each so many million authors; whoever comes later is numbered after them.

use crate::canvas::{Author, AuthorId, CanvasId};
use crate::format::{
    AuthorRecord, FormatError, NumberRecord, author_checksum, decode_author_index, decode_author_list, key,
};
use crate::store::{Order, last_under};

use super::JournalError;
use super::core::{Core, corrupt, missing};

/// Records of the index that begin with the same checksum, at most: tens of thousands of names have the same only where
/// somebody made them so.
const SAME_MAX: usize = 64;

/// Lists that one scan reads.
const LISTS_PER_SCAN: usize = 64;

/// The author of a number.
pub(super) fn author(core: &Core, canvas: CanvasId, id: AuthorId) -> Result<Author, JournalError> {
    authors_from(core, canvas, id)?.into_iter().next().ok_or_else(|| missing(canvas, &key::author(canvas, id)))
}

/// The author of a number, and those after them that stand in the same record.
pub(super) fn authors_from(core: &Core, canvas: CanvasId, id: AuthorId) -> Result<Vec<Author>, JournalError> {
    let author_key = key::author(canvas, id);
    if let Some(record) = core.store.get(&author_key)? {
        let AuthorRecord { name, authenticated } =
            AuthorRecord::decode(&author_key, &record).map_err(|problem| corrupt(canvas, &author_key, &problem))?;
        return Ok(vec![Author { name, authenticated }]);
    }
    let (from, to) =
        (key::author_list(canvas, AuthorId(0)), key::author_list(canvas, AuthorId(id.0.saturating_add(1))));
    let Some((list_key, record)) = core.store.scan(&from, &to, Order::Descending, 1)?.pop() else {
        return Err(missing(canvas, &author_key));
    };
    let mut authors = decode_author_list(&list_key, &record).map_err(|problem| corrupt(canvas, &list_key, &problem))?;
    let skip = id.0.saturating_sub(number(&list_key).0) as usize;
    authors.drain(..skip.min(authors.len()));
    if authors.is_empty() { Err(missing(canvas, &author_key)) } else { Ok(authors) }
}

/// The number of an author, where they have one.
pub(super) fn find(core: &Core, canvas: CanvasId, author: &Author) -> Result<Option<AuthorId>, JournalError> {
    let name_key = key::author_name(canvas, author);
    if let Some(record) = core.store.get(&name_key)? {
        let broken = |problem| corrupt(canvas, &name_key, &problem);
        let found = NumberRecord::decode(&name_key, &record).map_err(broken)?;
        return u32::try_from(found.number).map(AuthorId).map(Some).map_err(|_| broken(FormatError::Content("number")));
    }
    let Some((last, _)) = last_under(&*core.store, &key::author_indexes(canvas))? else { return Ok(None) };
    for run in 0..=key::author_index_run(&last) {
        for id in candidates(core, canvas, run, author_checksum(author))? {
            if self::author(core, canvas, id)? == *author {
                return Ok(Some(id));
            }
        }
    }
    Ok(None)
}

/// The authors of one run whose names have this checksum.
fn candidates(core: &Core, canvas: CanvasId, run: u32, checksum: u32) -> Result<Vec<AuthorId>, JournalError> {
    let start = key::author_index(canvas, run, checksum, AuthorId(0));
    let end = match checksum.checked_add(1) {
        Some(next) => key::author_index(canvas, run, next, AuthorId(0)),
        None => key::author_index(canvas, run.saturating_add(1), 0, AuthorId(0)),
    };
    // The record before may end with what the next one begins with.
    let before = key::author_index(canvas, run, 0, AuthorId(0));
    let mut records = core.store.scan(&before, &start, Order::Descending, 1)?;
    records.extend(core.store.scan(&start, &end, Order::Ascending, SAME_MAX)?);
    let mut found = Vec::new();
    for (key, record) in records {
        let entries = decode_author_index(&key, &record).map_err(|problem| corrupt(canvas, &key, &problem))?;
        found.extend(entries.into_iter().filter(|(sum, _)| *sum == checksum).map(|(_, id)| id));
    }
    Ok(found)
}

/// The greatest number of an author; 0 where there is none.
pub(super) fn last(core: &Core, canvas: CanvasId) -> Result<AuthorId, JournalError> {
    if let Some((key, _)) = last_under(&*core.store, &key::authors(canvas))? {
        return Ok(number(&key));
    }
    let Some((key, record)) = last_under(&*core.store, &key::author_lists(canvas))? else { return Ok(AuthorId(0)) };
    let authors = decode_author_list(&key, &record).map_err(|problem| corrupt(canvas, &key, &problem))?;
    Ok(AuthorId(number(&key).0.saturating_add(u32::try_from(authors.len()).unwrap_or(u32::MAX) - 1)))
}

/// Checks the lists of authors, which follow each other from 1, and that each of their authors is found by name;
/// returns the last number.
pub(super) fn verify_lists(
    core: &Core,
    canvas: CanvasId,
    report: &mut dyn FnMut(JournalError),
) -> Result<AuthorId, JournalError> {
    let mut last = AuthorId(0);
    let (mut from, to) = (key::author_list(canvas, AuthorId(0)), key::author_list(canvas, AuthorId(u32::MAX)));
    loop {
        let _permit = core.permits.acquire();
        let lists = core.store.scan(&from, &to, Order::Ascending, LISTS_PER_SCAN)?;
        for (list_key, record) in &lists {
            let first = number(list_key);
            if first.0 != last.0.saturating_add(1) {
                report(missing(canvas, &key::author_list(canvas, AuthorId(last.0.saturating_add(1)))));
            }
            last = first;
            match decode_author_list(list_key, record) {
                Ok(authors) => {
                    last.0 = first.0.saturating_add(u32::try_from(authors.len()).unwrap_or(u32::MAX) - 1);
                    check_found(core, canvas, first, &authors, report)?;
                }
                Err(problem) => report(corrupt(canvas, list_key, &problem)),
            }
        }
        let Some((last_key, _)) = lists.last().filter(|_| lists.len() == LISTS_PER_SCAN) else { return Ok(last) };
        from.clone_from(last_key);
        from.push(0);
    }
}

fn check_found(
    core: &Core,
    canvas: CanvasId,
    first: AuthorId,
    authors: &[Author],
    report: &mut dyn FnMut(JournalError),
) -> Result<(), JournalError> {
    for (id, author) in (first.0..).map(AuthorId).zip(authors) {
        match find(core, canvas, author) {
            Ok(found) if found == Some(id) => {}
            Ok(_) => report(missing(canvas, &key::author_name(canvas, author))),
            Err(error @ JournalError::Corrupt { .. }) => report(error),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// The number at the end of a key.
fn number(key: &[u8]) -> AuthorId {
    AuthorId(key.last_chunk::<4>().map_or(0, |bytes| u32::from_be_bytes(*bytes)))
}
