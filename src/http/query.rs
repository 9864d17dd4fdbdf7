//! The parameters of a URL: each is taken once, and what nobody took is an error rather than silently ignored.

use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt::Display;
use std::str::FromStr;

use rocket::http::RawStr;
use rocket::outcome::Outcome;
use rocket::request::{self, FromRequest, Request};

use super::problem::Problem;

/// The parameters of a URL that were not taken yet.
#[derive(Debug)]
pub(super) struct Query<'r> {
    fields: Vec<(Cow<'r, str>, Cow<'r, str>)>,
    /// A parameter that is not UTF-8, reported by the first that asks.
    unreadable: bool,
}

impl<'r> Query<'r> {
    /// The parameters of `request`.
    pub(super) fn of(request: &'r Request<'_>) -> Self {
        Self::parse(request.uri().query().map_or("", |query| query.as_str()))
    }

    /// The parameters in `text`, which is encoded as a URL's query or a form.
    fn parse(text: &'r str) -> Self {
        let mut query = Self { fields: Vec::new(), unreadable: false };
        for part in text.split('&').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            match (RawStr::new(name).url_decode(), RawStr::new(value).url_decode()) {
                (Ok(name), Ok(value)) => query.fields.push((name, value)),
                _ => query.unreadable = true,
            }
        }
        query
    }

    /// Whether a parameter of that name is there.
    pub(super) fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(found, _)| found == name)
    }

    /// Takes a parameter as it stands; given twice it is an error.
    pub(super) fn text(&mut self, name: &str) -> Result<Option<Cow<'r, str>>, Problem> {
        if self.unreadable {
            return Err(Problem::unreadable("a parameter is not UTF-8"));
        }
        let mut found = None;
        while let Some(at) = self.fields.iter().position(|(other, _)| other == name) {
            let (_, value) = self.fields.swap_remove(at);
            if found.replace(value).is_some() {
                return Err(Problem::unreadable(format!("{name} is given twice")));
            }
        }
        Ok(found)
    }

    /// Takes a parameter that may be given several times, in order.
    pub(super) fn all(&mut self, name: &str) -> Result<Vec<Cow<'r, str>>, Problem> {
        if self.unreadable {
            return Err(Problem::unreadable("a parameter is not UTF-8"));
        }
        let (found, left) = std::mem::take(&mut self.fields).into_iter().partition(|(other, _)| other == name);
        self.fields = left;
        Ok(Vec::into_iter(found).map(|(_, value)| value).collect())
    }

    /// Takes a parameter as a value of its type.
    pub(super) fn get<T: FromStr<Err: Display>>(&mut self, name: &str) -> Result<Option<T>, Problem> {
        self.get_by(name, |text| text.parse().map_err(|error: T::Err| error.to_string()))
    }

    /// Takes a parameter as whatever `parse` makes of it.
    pub(super) fn get_by<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Option<T>, Problem> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        let parsed = parse(&text);
        let shown: String = text.chars().take(40).collect();
        parsed.map(Some).map_err(|error| Problem::unreadable(format!("{name}={shown} cannot be read: {error}")))
    }

    /// Takes a parameter that must be there.
    pub(super) fn need<T: FromStr<Err: Display>>(&mut self, name: &str) -> Result<T, Problem> {
        self.get(name)?.ok_or_else(|| Problem::unreadable(format!("{name} is missing")))
    }

    /// Ends the taking: what is left is not known here.
    pub(super) fn finish(self) -> Result<(), Problem> {
        match self.fields.first() {
            None if self.unreadable => Err(Problem::unreadable("a parameter is not UTF-8")),
            None => Ok(()),
            Some((name, _)) => {
                let name: String = name.chars().take(40).collect();
                Err(Problem::unreadable(format!("the parameter {name:?} is not known here")))
            }
        }
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Query<'r> {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, Infallible> {
        Outcome::Success(Self::of(request))
    }
}

/// A number from `min` to `max`; another is refused with 422.
pub(super) fn within(name: &'static str, number: u32, min: u32, max: u32) -> Result<u32, Problem> {
    if (min..=max).contains(&number) {
        return Ok(number);
    }
    Err(Problem::impossible(name, format!("{name} is {min} to {max}, not {number}")).limit(max.into()))
}

/// `value` as it may stand in a query: all but RFC 3986's unreserved characters escaped.
pub(super) fn encoded(value: &str) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_is_read_back() {
        let value = "a b&c=d+é/%";
        let text = format!("x={}", encoded(value));
        let mut query = Query::parse(&text);
        assert_eq!(query.text("x").ok().flatten().as_deref(), Some(value));
        assert!(query.finish().is_ok(), "nothing is left");
    }

    #[test]
    fn what_is_not_taken_or_is_given_twice_is_named() {
        let mut query = Query::parse("a=1&b=2&b=3");
        assert_eq!(query.get::<u32>("a").ok().flatten(), Some(1));
        assert_eq!(query.text("b").map_err(|problem| problem.to_string()), Err("b is given twice".to_owned()));
        let left = Query::parse("a=1&zoom=2");
        let mut left = left;
        let _ = left.text("a");
        let refusal = left.finish().map_err(|problem| problem.to_string());
        assert_eq!(refusal, Err("the parameter \"zoom\" is not known here".to_owned()));
        let mut broken = Query::parse("a=%ff");
        assert_eq!(broken.text("a").map_err(|problem| problem.to_string()), Err("a parameter is not UTF-8".to_owned()));
    }
}
