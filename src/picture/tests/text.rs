//! Base64 in all the forms that clients send, and out.

use std::io::{self, Write};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use proptest::prelude::*;

use crate::picture::{Base64Writer, PictureError, decode_base64, decode_picture};

/// Bytes that begin and end as pictures do: with no digit that a form would turn into a space at either end.
fn pictures() -> impl Strategy<Value = Vec<u8>> {
    // Many digits are '+': 62, in the last six bits.
    let byte = prop_oneof![any::<u8>(), Just(0xfb), Just(0xef), Just(0xbe)];
    proptest::collection::vec(byte, 0..300).prop_map(|middle| [b"\x89PNG".as_slice(), &middle, b"\x60\x82"].concat())
}

fn message(text: &str) -> String {
    match decode_base64(text) {
        Err(error @ PictureError::Base64(_)) => error.to_string(),
        other => panic!("{text:?}: {other:?}"),
    }
}

proptest! {
    #[test]
    fn what_is_encoded_in_pieces_is_decoded(bytes in proptest::collection::vec(any::<u8>(), 0..1000), piece in 1..50_usize) {
        let mut writer = Base64Writer::new(Vec::new());
        for piece in bytes.chunks(piece) {
            writer.write_all(piece).expect("a vector takes all");
        }
        let text = String::from_utf8(writer.finish().expect("a vector takes all")).expect("ASCII");
        prop_assert_eq!(&text, &BASE64_STANDARD.encode(&bytes));
        prop_assert_eq!(decode_base64(&text).expect("base64"), bytes);
    }

    #[test]
    fn every_form_of_a_text_is_taken(
        bytes in pictures(),
        padded in any::<bool>(),
        as_url in any::<bool>(),
        spaced in any::<bool>(),
        line in proptest::option::of(1..100_usize),
        ending in proptest::sample::select(vec!["\n", "\r\n", "\t", "\n\n"]),
        around in proptest::sample::select(vec!["", "\n", "  \r\n"]),
    ) {
        let mut text = BASE64_STANDARD.encode(&bytes);
        if !padded {
            text = text.trim_end_matches('=').to_owned();
        }
        if let Some(line) = line {
            let lines: Vec<&str> =
                text.as_bytes().chunks(line).map(|line| str::from_utf8(line).expect("ASCII")).collect();
            text = lines.join(ending);
        }
        if spaced {
            text = text.replace('+', " ");
        }
        if as_url {
            text = format!("data:image/png;base64,{text}");
        }
        let text = format!("{around}{text}{around}");
        prop_assert_eq!(decode_base64(&text).expect(&text), bytes, "{:?}", text);
    }

    #[test]
    fn any_text_is_decoded_or_refused(text in "\\PC{0,40}|[A-Za-z0-9+/= \n,:;]{0,40}") {
        if let Err(error) = decode_base64(&text) {
            prop_assert!(matches!(error, PictureError::Base64(_)));
        }
    }
}

#[test]
fn long_texts_are_written_in_long_pieces() {
    struct Lengths(Vec<usize>);
    impl Write for Lengths {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.push(bytes.len());
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut writer = Base64Writer::new(Lengths(Vec::new()));
    let piece = vec![7; 100_000];
    for _ in 0..4 {
        writer.write_all(&piece).expect("it takes all");
    }
    let lengths = writer.finish().expect("it takes all").0;
    assert_eq!(lengths.iter().sum::<usize>(), 400_000_usize.div_ceil(3) * 4);
    assert!(lengths.len() <= 16, "{lengths:?}");
}

#[test]
fn a_writer_that_failed_writes_no_more() {
    /// Takes half of the second write, and fails.
    struct Broken(Vec<u8>);
    impl Write for Broken {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if !self.0.is_empty() {
                return Err(io::Error::other("broken"));
            }
            self.0.extend_from_slice(&bytes[..bytes.len() / 2]);
            Ok(bytes.len() / 2)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut writer = Base64Writer::new(Broken(Vec::new()));
    writer.write_all(b"abcdef").expect("nothing is sent yet");
    assert_eq!(writer.flush().expect_err("broken").to_string(), "broken");
    assert_eq!(writer.flush().expect_err("still").to_string(), "an earlier write failed");
    assert_eq!(writer.finish().map(|to| to.0).expect_err("still").to_string(), "an earlier write failed");
}

#[test]
fn errors_name_the_place() {
    assert_eq!(message("AAAA!AAA"), "this is not base64: the byte '!' at 4");
    assert_eq!(message("AA\nAA\r\nA-AA"), "this is not base64: the byte '-' at 8");
    assert_eq!(message("  data:image/png;base64,AA%A"), "this is not base64: the byte '%' at 26");
    assert_eq!(message("AAAAA"), "this is not base64: 5 digits, one too few or too many");
    assert_eq!(message("AA==AAAA"), "this is not base64: padding at 2, before the end");
    assert_eq!(message("AB"), "this is not base64: the last digit 'B' at 1 does not end on a whole byte");
    assert_eq!(message("AAAAé"), "this is not base64: the byte '\\xc3' at 4");
}

#[test]
fn a_data_url_must_say_base64() {
    assert_eq!(decode_base64("DATA:image/png;charset=x;BASE64,QUI").expect("a data URL"), b"AB");
    assert_eq!(decode_base64("data:;base64,").expect("an empty one"), b"");
    assert!(message("data:image/png,QUI").contains("without ;base64"));
    assert!(message("data:image/png;base64").contains("without a comma"));
}

#[test]
fn a_field_holds_base64_or_the_url_of_an_image() {
    for text in ["QUI=", " QUI", "data:image/png;base64,QUI=", "DATA:Image/x-anything;p=1;BASE64,QUI", "Q\nUI="] {
        assert_eq!(decode_picture(text, 2).expect(text), b"AB");
    }
    let refused = |text: &str| decode_picture(text, 1000).expect_err(text).to_string();
    for said in ["", "text/plain", "imagery/png", "image", "application/image/png"] {
        let sentence = format!("this picture is not taken: its data: URL is of the type {said:?}, not image/…");
        assert_eq!(refused(&format!("data:{said};base64,QUI=")), sentence);
    }
    assert!(refused("data:image/svg+xml,<svg/>").contains("without ;base64"));
    assert!(refused("data:image/png;base64").contains("without a comma"));
    assert_eq!(refused("data:image/png;base64,QU!="), "this is not base64: the byte '!' at 24");
}

proptest! {
    #[test]
    fn a_field_is_bounded_before_it_is_decoded(bytes in pictures(), as_url in any::<bool>()) {
        let mut text = BASE64_STANDARD.encode(&bytes);
        if as_url {
            text.insert_str(0, "data:image/png;base64,");
        }
        let length = bytes.len() as u64;
        prop_assert_eq!(decode_picture(&text, length).expect("just within"), bytes);
        match decode_picture(&text, length - 1) {
            Err(PictureError::TooLarge { what: "bytes", actual, max }) => {
                prop_assert_eq!((actual, max), (length, length - 1));
            }
            other => prop_assert!(false, "{:?}", other),
        }
    }
}
