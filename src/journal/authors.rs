//! The authors of an import, by the million, in bounded memory.
//!
//! Known authors are kept as 96-bit fingerprints: a keyed `SipHash` and a CRC-32C of the name, so that among ten million
//! the chance of one mistaken for another is below 10^-14. When there are too many the fingerprints are given up and the
//! authors looked up in the store from then on.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};

use crate::canvas::{Author, AuthorId};
use crate::format::{AuthorRecord, NumberRecord, key};

use super::JournalError;
use super::core::{Core, corrupt};
use super::hidden::Hidden;

/// Fingerprints that are kept: 17 bytes each, and as many places again where the table has just grown.
const KNOWN_MAX: usize = 1_800_000;

/// The fingerprint of an author.
type Fingerprint = [u32; 3];

/// Which authors a hidden canvas has.
#[derive(Default)]
pub(super) struct Authors {
    known: HashMap<Fingerprint, AuthorId, BuildHasherDefault<FirstWord>>,
    key: RandomState,
    count: u32,
    /// Whether authors that are in the store may be missing from those known.
    is_partial: bool,
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
        let id = match self.look_up(core, hidden, author)? {
            Some(id) => id,
            None => self.add(hidden, author),
        };
        if self.known.len() >= KNOWN_MAX {
            // From here on the store is asked, so everyone must be in it.
            hidden.make_readable()?;
            self.known.clear();
            self.is_partial = true;
        }
        self.known.insert(fingerprint, id);
        Ok(id)
    }

    fn fingerprint(&self, author: &Author) -> Fingerprint {
        let hash = self.key.hash_one(author);
        let [a, b, c, d, e, f, g, h] = hash.to_le_bytes();
        let words = [[a, b, c, d], [e, f, g, h]].map(u32::from_le_bytes);
        [words[0], words[1], crc32c::crc32c(author.name.as_bytes())]
    }

    fn look_up(&self, core: &Core, hidden: &Hidden, author: &Author) -> Result<Option<AuthorId>, JournalError> {
        if !self.is_partial {
            return Ok(None);
        }
        let canvas = hidden.live.canvas.id;
        let key = key::author_name(canvas, author);
        let Some(record) = core.store.get(&key)? else { return Ok(None) };
        let found = NumberRecord::decode(&key, &record).map_err(|problem| corrupt(canvas, &key, &problem))?;
        Ok(Some(AuthorId(u32::try_from(found.number).unwrap_or(u32::MAX))))
    }

    fn add(&mut self, hidden: &mut Hidden, author: &Author) -> AuthorId {
        self.count += 1;
        let id = AuthorId(self.count);
        let canvas = hidden.live.canvas.id;
        let (key, name_key) = (key::author(canvas, id), key::author_name(canvas, author));
        let record = AuthorRecord { name: author.name.clone(), authenticated: author.authenticated };
        hidden.batch.put(key.clone(), record.encode(&key));
        hidden.batch.put(name_key.clone(), NumberRecord { number: id.0.into() }.encode(&name_key));
        id
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
