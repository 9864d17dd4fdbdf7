//! The authors of an import, by the million, in bounded memory.
//!
//! Known authors are kept as 96-bit fingerprints: a keyed `SipHash` and a CRC-32C of the name, so that among ten million
//! the chance of one mistaken for another is below 10^-14. When there are too many, a run of the index is written, the
//! fingerprints are given up, and who is not known is looked up in the store from then on.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};

use crate::canvas::{Author, AuthorId};
use crate::format::{
    AUTHOR_INDEX_ENTRIES, PART_BYTES_MAX, author_bytes, author_checksum, encode_author_index, encode_author_list, key,
    put_author,
};

use super::core::Core;
use super::hidden::Hidden;
use super::{JournalError, api, roster};

/// Fingerprints that are kept: 17 bytes each, and as many places again where the table has just grown, and 8 bytes for
/// the index.
const KNOWN_MAX: usize = 1_800_000;

/// The fingerprint of an author.
type Fingerprint = [u32; 3];

/// Which authors a hidden canvas has.
#[derive(Default)]
pub(super) struct Authors {
    known: HashMap<Fingerprint, AuthorId, BuildHasherDefault<FirstWord>>,
    key: RandomState,
    count: u32,
    /// The newest authors, who stand in no record yet.
    list: Vec<u8>,
    listed: u32,
    /// The checksums and numbers of those who stand in no index yet.
    unindexed: Vec<(u32, AuthorId)>,
    /// How many runs of the index were written. After the first, authors may be missing from those known.
    runs: u32,
}

impl Authors {
    /// How many there are: they are numbered from 1.
    pub(super) const fn count(&self) -> u32 {
        self.count
    }

    /// The number of `author`, who is written to the canvas where they are new to it.
    pub(super) fn number(
        &mut self,
        core: &Core,
        hidden: &mut Hidden,
        author: Option<&Author>,
    ) -> Result<AuthorId, JournalError> {
        let Some(author) = author else { return Ok(AuthorId(0)) };
        let fingerprint = self.fingerprint(author);
        if let Some(id) = self.known.get(&fingerprint) {
            return Ok(*id);
        }
        api::check_author(Some(author))?;
        let found = if self.runs > 0 { roster::find(core, hidden.live.canvas.id, author)? } else { None };
        let id = match found {
            Some(id) => id,
            None => self.add(hidden, author)?,
        };
        if self.known.len() >= KNOWN_MAX {
            // From here on the store is asked, so everyone must be in it.
            self.finish(hidden)?;
            hidden.make_readable()?;
            self.known.clear();
        }
        self.known.insert(fingerprint, id);
        Ok(id)
    }

    /// Writes what stands in no record yet.
    pub(super) fn finish(&mut self, hidden: &mut Hidden) -> Result<(), JournalError> {
        self.put_list(hidden);
        let canvas = hidden.live.canvas.id;
        self.unindexed.sort_unstable();
        for entries in self.unindexed.chunks(AUTHOR_INDEX_ENTRIES) {
            let Some((checksum, first)) = entries.first() else { continue };
            let key = key::author_index(canvas, self.runs, *checksum, *first);
            hidden.batch.put(key.clone(), encode_author_index(&key, entries));
            hidden.commit_if_large()?;
        }
        self.runs += u32::from(!self.unindexed.is_empty());
        self.unindexed.clear();
        Ok(())
    }

    fn fingerprint(&self, author: &Author) -> Fingerprint {
        let hash = self.key.hash_one(author);
        let [a, b, c, d, e, f, g, h] = hash.to_le_bytes();
        let words = [[a, b, c, d], [e, f, g, h]].map(u32::from_le_bytes);
        [words[0], words[1], crc32c::crc32c(author.name.as_bytes())]
    }

    fn add(&mut self, hidden: &mut Hidden, author: &Author) -> Result<AuthorId, JournalError> {
        if self.list.len() + author_bytes(author) > PART_BYTES_MAX {
            self.put_list(hidden);
            hidden.commit_if_large()?;
        }
        self.count += 1;
        let id = AuthorId(self.count);
        put_author(&mut self.list, author);
        self.unindexed.push((author_checksum(author), id));
        Ok(id)
    }

    fn put_list(&mut self, hidden: &mut Hidden) {
        if self.list.is_empty() {
            return;
        }
        let key = key::author_list(hidden.live.canvas.id, AuthorId(self.listed + 1));
        hidden.batch.put(key.clone(), encode_author_list(&key, &self.list));
        self.list.clear();
        self.listed = self.count;
    }
}

/// A hasher for what is hashed already: its first word.
#[derive(Default)]
struct FirstWord(u64);

impl Hasher for FirstWord {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        if let Some(word) = bytes.first_chunk::<8>() {
            self.0 = u64::from_le_bytes(*word);
        }
    }

    // The length of the array comes first and says nothing.
    fn write_usize(&mut self, _: usize) {}
}
