//! Authors by the million: many names in one record, and an index of their numbers by checksums of the names.
//!
//! A record each, as for authors who come one by one, would cost an import of a million authors two million small
//! records; so it is two hundredths of that.

use super::frame::{end_frame, start_frame};
use super::{FormatError, PART_BYTES_MAX, open_frame};
use crate::canvas::{Author, AuthorId};

/// Entries in one record of the index.
pub const AUTHOR_INDEX_ENTRIES: usize = 760;

const ENTRY_BYTES: usize = 8;

/// Appends an author to a list: one byte 0, or 1 where a token vouched for the name, then its length and its bytes.
pub fn put_author(list: &mut Vec<u8>, author: &Author) {
    list.push(u8::from(author.authenticated));
    list.extend(u16::try_from(author.name.len()).unwrap_or(u16::MAX).to_le_bytes());
    list.extend_from_slice(author.name.as_bytes());
}

/// Bytes that an author takes in a list.
#[must_use]
pub const fn author_bytes(author: &Author) -> usize {
    3 + author.name.len()
}

/// The authors of a list.
///
/// # Errors
///
/// [`FormatError`] where it is not whole, or one of them has no possible name.
pub fn take_authors(mut list: &[u8]) -> Result<Vec<Author>, FormatError> {
    let mut authors = Vec::new();
    while let Some((vouched, rest)) = list.split_first() {
        let authenticated = match vouched {
            0 => false,
            1 => true,
            _ => return Err(FormatError::Content("author")),
        };
        let (length, rest) = rest.split_first_chunk::<2>().ok_or(FormatError::Short)?;
        let (name, rest) = rest.split_at_checked(u16::from_le_bytes(*length).into()).ok_or(FormatError::Short)?;
        let name = String::from_utf8(name.to_vec()).map_err(|_| FormatError::Content("author"))?;
        let is_possible = (1..=Author::NAME_CHARS_MAX).contains(&name.chars().count());
        if !is_possible || name.chars().any(char::is_control) {
            return Err(FormatError::Content("author"));
        }
        authors.push(Author { name, authenticated });
        list = rest;
    }
    Ok(authors)
}

/// The record of a list of authors under `key`; the list is at most [`PART_BYTES_MAX`] bytes.
#[must_use]
pub fn encode_author_list(key: &[u8], list: &[u8]) -> Vec<u8> {
    debug_assert!(list.len() <= PART_BYTES_MAX);
    super::seal_frame(key, list)
}

/// The authors in `record`, read from under `key`; at least one.
///
/// # Errors
///
/// [`FormatError`] where it is damaged.
pub fn decode_author_list(key: &[u8], record: &[u8]) -> Result<Vec<Author>, FormatError> {
    let authors = take_authors(open_frame(key, record)?)?;
    if authors.is_empty() { Err(FormatError::Content("count")) } else { Ok(authors) }
}

/// What an author is found by in the index: the CRC-32C of the first byte of its place in a list and its name. Two may
/// have the same; the names tell them apart.
#[must_use]
pub fn author_checksum(author: &Author) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&[u8::from(author.authenticated)]), author.name.as_bytes())
}

/// The record of a part of the index under `key`: checksums and numbers, in order.
#[must_use]
pub fn encode_author_index(key: &[u8], entries: &[(u32, AuthorId)]) -> Vec<u8> {
    debug_assert!(entries.len() <= AUTHOR_INDEX_ENTRIES && entries.is_sorted());
    let mut record = start_frame(entries.len() * ENTRY_BYTES);
    for (checksum, id) in entries {
        record.extend(checksum.to_le_bytes());
        record.extend(id.0.to_le_bytes());
    }
    end_frame(key, record)
}

/// The part of the index in `record`, read from under `key`.
///
/// # Errors
///
/// [`FormatError`] where it is damaged or not in order.
pub fn decode_author_index(key: &[u8], record: &[u8]) -> Result<Vec<(u32, AuthorId)>, FormatError> {
    let (entries, rest) = open_frame(key, record)?.as_chunks::<ENTRY_BYTES>();
    let entry = |&[a, b, c, d, e, f, g, h]: &[u8; ENTRY_BYTES]| {
        (u32::from_le_bytes([a, b, c, d]), AuthorId(u32::from_le_bytes([e, f, g, h])))
    };
    let entries: Vec<_> = entries.iter().map(entry).collect();
    let is_whole = rest.is_empty() && !entries.is_empty() && entries.is_sorted();
    if is_whole { Ok(entries) } else { Err(FormatError::Content("index")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn authors() -> Vec<Author> {
        ["a", "é", &"x".repeat(128), "a"]
            .iter()
            .zip([false, true, true, true])
            .map(|(name, authenticated)| Author { name: (*name).to_owned(), authenticated })
            .collect()
    }

    #[test]
    fn lists_of_authors_round_trip() {
        let mut list = Vec::new();
        for author in &authors() {
            put_author(&mut list, author);
        }
        assert_eq!(list.len(), authors().iter().map(author_bytes).sum::<usize>());
        let record = encode_author_list(b"key", &list);
        assert_eq!(decode_author_list(b"key", &record), Ok(authors()));
        assert_eq!(decode_author_list(b"key", &encode_author_list(b"key", &[])), Err(FormatError::Content("count")));
        for (broken, problem) in [
            (&[2, 1, 0, b'a'][..], FormatError::Content("author")),
            (&[0, 0, 0], FormatError::Content("author")),
            (&[0, 1, 0, b'\n'], FormatError::Content("author")),
            (&[0, 1, 0, 0xff], FormatError::Content("author")),
            (&[0, 2, 0, b'a'], FormatError::Short),
            (&[0, 2], FormatError::Short),
        ] {
            assert_eq!(take_authors(broken), Err(problem), "{broken:?}");
        }
    }

    #[test]
    fn indexes_round_trip() {
        let entries: Vec<_> = (0..760).map(|n| (n / 2, AuthorId(n))).collect();
        let record = encode_author_index(b"key", &entries);
        assert!(record.len() <= crate::format::VALUE_BYTES_MAX);
        assert_eq!(decode_author_index(b"key", &record), Ok(entries));
        let unsorted = crate::format::seal_frame(b"key", &[1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(decode_author_index(b"key", &unsorted), Err(FormatError::Content("index")));
        assert_ne!(author_checksum(&authors()[0]), author_checksum(&authors()[3]));
    }
}
