//! Forms with a picture in them: urlencoded, decoded where they stand, or multipart.

use rocket::data::{Data, FromData};
use rocket::form::error::ErrorKind;
use rocket::form::{self, FromForm};
use rocket::outcome::Outcome;
use rocket::request::Request;

use super::body;
use super::problem::Problem;

/// The fields of a form that are ours; `image_path` is a label that nothing is done with.
#[derive(Debug, Default)]
pub(super) struct Form {
    file: Option<Vec<u8>>,
    hops: Option<String>,
}

impl Form {
    /// The text of the field `file`.
    pub(super) fn into_file(self) -> Result<String, Problem> {
        let file = self.file.filter(|file| !file.is_empty());
        let file = file.ok_or_else(|| Problem::unreadable("the field file is missing"))?;
        String::from_utf8(file).map_err(|_| Problem::unreadable("the field file is not base64"))
    }

    /// The number in the field `hops`.
    pub(super) fn hops(&self) -> Result<Option<u32>, Problem> {
        let parse = |text: &String| text.trim().parse().map_err(|error| format!("hops cannot be read: {error}"));
        self.hops.as_ref().map(parse).transpose().map_err(Problem::unreadable)
    }
}

/// The form that a request carries, of at most `limit` bytes. Its type is known to be one of the two.
pub(super) async fn read_form<'r>(request: &'r Request<'_>, data: Data<'r>, limit: u64) -> Result<Form, Problem> {
    if request.content_type().is_some_and(|found| found.is_form_data()) {
        return read_multipart(request, data, limit).await;
    }
    Ok(urlencoded(body::read(request, data, limit).await?))
}

#[derive(FromForm)]
struct Multipart {
    file: Option<String>,
    hops: Option<String>,
}

async fn read_multipart<'r>(request: &'r Request<'_>, data: Data<'r>, limit: u64) -> Result<Form, Problem> {
    match form::Form::<Multipart>::from_data(request, data).await {
        Outcome::Success(form) => {
            let Multipart { file, hops } = form.into_inner();
            Ok(Form { file: file.map(String::into_bytes), hops })
        }
        Outcome::Error((status, errors)) => {
            // A body that ends early is reported as a length without a limit.
            let cut =
                errors.iter().any(|error| matches!(error.kind, ErrorKind::InvalidLength { min: None, max: None }));
            if status.code == 413 && !cut {
                return Err(Problem::too_large(limit));
            }
            let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
            Err(Problem::unreadable(format!("the form cannot be read: {}", errors.join("; "))))
        }
        Outcome::Forward(_) => Err(Problem::unreadable("the form cannot be read")),
    }
}

/// The fields of an urlencoded form. The large one is decoded in place: it is the body itself, cut to size.
fn urlencoded(mut body: Vec<u8>) -> Form {
    let mut form = Form::default();
    let mut file = None;
    let mut start = 0;
    while start < body.len() {
        let end = body[start..].iter().position(|byte| *byte == b'&').map_or(body.len(), |length| start + length);
        let field = &mut body[start..end];
        let (name_end, value_start) = match field.iter().position(|byte| *byte == b'=') {
            Some(equals) => (equals, equals + 1),
            None => (field.len(), field.len()),
        };
        let (name, value) = field.split_at_mut(value_start);
        match &name[..name_end] {
            b"file" => file = Some((start + value_start, decode_in_place(value))),
            b"hops" => {
                let length = decode_in_place(value);
                form.hops = Some(String::from_utf8_lossy(&value[..length]).into_owned());
            }
            _ => {}
        }
        start = end + 1;
    }
    form.file = file.map(|(from, length)| {
        body.truncate(from + length);
        body.drain(..from);
        body
    });
    form
}

/// Decodes `%41` and `+` where they stand; returns how many bytes are left. A `%` that no two digits follow stays.
fn decode_in_place(bytes: &mut [u8]) -> usize {
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let (mut read, mut written) = (0, 0);
    while let Some(&byte) = bytes.get(read) {
        let escaped = digit(bytes.get(read + 1)).zip(digit(bytes.get(read + 2)));
        let (decoded, taken) = match (byte, escaped) {
            (b'%', Some((high, low))) => (u8::try_from(high * 16 + low).unwrap_or(b'%'), 3),
            (b'+', _) => (b' ', 1),
            _ => (byte, 1),
        };
        bytes[written] = decoded;
        written += 1;
        read += taken;
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_decoded_in_place() {
        for (text, file, hops) in [
            ("file=a%2Bb%3d%3D&image_path=..%2f..%2fx", Some("a+b=="), None),
            ("image_path=x&hops=%31+&file=a+b%", Some("a b%"), Some("1 ")),
            ("file&hops", Some(""), Some("")),
            ("hops=1&", None, Some("1")),
            ("&&=&file=x&", Some("x"), None),
            ("", None, None),
        ] {
            let form = urlencoded(text.as_bytes().to_vec());
            let found = form.file.map(|file| String::from_utf8(file).expect("ASCII"));
            assert_eq!((found.as_deref(), form.hops.as_deref()), (file, hops), "{text}");
        }
    }
}
