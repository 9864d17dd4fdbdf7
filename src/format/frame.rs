//! The frame of every record: version byte, body, CRC-32C.

use super::{FORMAT_VERSION, FormatError};

/// Starts a record; the body is appended to what this returns, and [`seal_frame`] ends it.
pub(super) fn start_frame(capacity: usize) -> Vec<u8> {
    let mut record = Vec::with_capacity(capacity + super::FRAME_BYTES);
    record.push(FORMAT_VERSION);
    record
}

/// Ends a record that [`start_frame`] began, to be stored under `key`.
pub(super) fn end_frame(key: &[u8], mut record: Vec<u8>) -> Vec<u8> {
    let checksum = checksum(key, &record);
    record.extend_from_slice(&checksum.to_le_bytes());
    record
}

/// The record of `body` under `key`: a version byte, the body, and the CRC-32C (RFC 3720, appendix B.4) of the key, the
/// version byte and the body.
#[must_use]
pub fn seal_frame(key: &[u8], body: &[u8]) -> Vec<u8> {
    let mut record = start_frame(body.len());
    record.extend_from_slice(body);
    end_frame(key, record)
}

/// The body of `record`, read from under `key`.
///
/// # Errors
///
/// [`FormatError::Short`], [`FormatError::Checksum`], [`FormatError::Version`].
pub fn open_frame<'a>(key: &[u8], record: &'a [u8]) -> Result<&'a [u8], FormatError> {
    let (framed, stored) = record.split_last_chunk::<4>().ok_or(FormatError::Short)?;
    let (version, body) = framed.split_first().ok_or(FormatError::Short)?;
    if u32::from_le_bytes(*stored) != checksum(key, framed) {
        return Err(FormatError::Checksum);
    }
    if *version != FORMAT_VERSION {
        return Err(FormatError::Version(*version));
    }
    Ok(body)
}

fn checksum(key: &[u8], framed: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(key), framed)
}

/// The layout of headers: fixed-width little-endian integers, one byte for a variant.
pub(super) fn header_config() -> impl bincode::config::Config {
    bincode::config::standard()
        .with_fixed_int_encoding()
        .with_little_endian()
        .with_limit::<{ super::VALUE_BYTES_MAX }>()
}

/// Appends `header` to `record`.
pub(super) fn put_header(record: &mut Vec<u8>, header: &impl bincode::Encode) {
    // Encoding plain values into memory has no way to fail: no borrowed cells, no unknown lengths, no I/O.
    let written = bincode::encode_into_std_write(header, record, header_config());
    debug_assert!(written.is_ok());
}

/// Takes a header off the front of `body`; returns it and the rest.
pub(super) fn take_header<H: bincode::Decode<()>>(body: &[u8]) -> Result<(H, &[u8]), FormatError> {
    let (header, read) =
        bincode::decode_from_slice(body, header_config()).map_err(|_| FormatError::Content("header"))?;
    Ok((header, body.get(read..).ok_or(FormatError::Short)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_holds_its_body_and_its_place() {
        let record = seal_frame(b"key", b"body");
        assert_eq!(open_frame(b"key", &record), Ok(&b"body"[..]));
        assert_eq!(open_frame(b"kex", &record), Err(FormatError::Checksum));
        for cut in 0..record.len() {
            assert!(open_frame(b"key", &record[..cut]).is_err(), "cut at {cut}");
        }
        for bit in 0..record.len() * 8 {
            let mut damaged = record.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(open_frame(b"key", &damaged), Err(FormatError::Checksum), "bit {bit}");
        }
    }

    #[test]
    fn another_version_is_named() {
        let mut record = vec![2, b'x'];
        record.extend_from_slice(&checksum(b"k", &record).to_le_bytes());
        assert_eq!(open_frame(b"k", &record), Err(FormatError::Version(2)));
    }
}
