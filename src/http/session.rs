//! `/api/v1/session`: a cookie for browsers, whose images and `EventSource`s cannot carry a token. It lets them read and
//! nothing else, so a page of another site gains nothing by making a browser send it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rocket::http::{CookieJar, Status};
use rocket::request::Request;
use rocket::{Route, delete, post, routes};
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};

use crate::config::tokens::{Hash, Token, Tokens, hash, random_secret};

use super::access::Access;
use super::answer::Answer;
use super::app::App;
use super::caller::Caller;
use super::gate::{Rules, gated};
use super::openapi::problems::{NoToken, TooMany, Unavailable, Unreadable};
use super::problem::Problem;
use super::query::Query;

/// The cookie. It holds a random secret of the session, not the token.
pub(super) const COOKIE: &str = "pixlog_session";

/// How long a session lasts.
const AGE_MAX: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// The most sessions that are remembered; the oldest goes first.
const SESSIONS_MAX: usize = 4_096;

/// The routes of this resource, below `/api/v1`.
pub(super) fn routes() -> Vec<Route> {
    let mut all = gated(routes![begin], &Rules::always().token());
    all.extend(gated(routes![end], &Rules::always()));
    all
}

/// What the document says of them.
#[derive(OpenApi)]
#[openapi(paths(begin, end))]
pub(super) struct Doc;

/// Sessions by the hash of their secret, so that finding one tells nothing about the others. They are lost on a restart.
#[derive(Debug, Default)]
pub(super) struct Sessions(Mutex<Table>);

#[derive(Debug, Default)]
struct Table {
    sessions: HashMap<Hash, Session>,
    /// The oldest first.
    order: VecDeque<Hash>,
}

#[derive(Debug, Clone, Copy)]
struct Session {
    /// The hash of the token that it stands for, so that it ends with it.
    token: Hash,
    until: Instant,
}

impl Sessions {
    /// Begins a session of the token with that hash under `secret`.
    fn begin(&self, secret: &str, token: Hash, now: Instant) {
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let id = hash(secret);
        table.sessions.insert(id, Session { token, until: now + AGE_MAX });
        table.order.push_back(id);
        while table.order.len() > SESSIONS_MAX {
            if let Some(oldest) = table.order.pop_front() {
                table.sessions.remove(&oldest);
            }
        }
    }

    /// The hash of the token that the session with this secret stands for.
    fn find(&self, secret: &str, now: Instant) -> Option<Hash> {
        let table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        table.sessions.get(&hash(secret)).filter(|session| now < session.until).map(|session| session.token)
    }

    fn end(&self, secret: &str) {
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let id = hash(secret);
        if table.sessions.remove(&id).is_some() {
            table.order.retain(|other| *other != id);
        }
    }
}

/// The token whose session a request belongs to.
pub(super) fn token<'t>(request: &Request<'_>, access: &Access, tokens: &'t Tokens) -> Option<&'t Token> {
    let cookie = request.cookies().get(COOKIE)?;
    let token = access.sessions().find(cookie.value(), Instant::now())?;
    tokens.find(&token)
}

/// Who is logged in.
#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
struct SessionBody<'a> {
    name: &'a str,
    scopes: Vec<&'static str>,
}

/// Begin a session
///
/// It sets a cookie that stands for the token on reads, for seven days or until a restart. `name` is the token's.
#[utoipa::path(
    post,
    path = "/session",
    operation_id = "beginSession",
    tag = "access",
    security(("token" = ["read"])),
    responses(
        (status = 200, description = "Who it is for", body = SessionBody, headers(
            ("Set-Cookie" = String, description = "The cookie, HttpOnly and SameSite=Strict"))),
        Unreadable,
        NoToken,
        TooMany,
        Unavailable,
    )
)]
#[post("/session")]
fn begin(query: Query<'_>, caller: &Caller, app: &App) -> Result<Answer, Problem> {
    query.finish()?;
    let (name, token) = caller.need_token()?;
    let secret = random_secret().map_err(Problem::internal)?;
    app.access.sessions().begin(&secret, token, Instant::now());
    let body = SessionBody { name, scopes: caller.scopes.names().collect() };
    Ok(Answer::json(&body)?.no_store().header("Set-Cookie", cookie(&secret, AGE_MAX, caller.https)))
}

/// End a session
#[utoipa::path(
    delete,
    path = "/session",
    operation_id = "endSession",
    tag = "access",
    security(()),
    responses(
        (status = 204, description = "It is over, if there was one", headers(
            ("Set-Cookie" = String, description = "What takes the cookie away"))),
        Unreadable,
        Unavailable,
    )
)]
#[delete("/session")]
fn end(query: Query<'_>, cookies: &CookieJar<'_>, caller: &Caller, app: &App) -> Result<Answer, Problem> {
    query.finish()?;
    if let Some(cookie) = cookies.get(COOKIE) {
        app.access.sessions().end(cookie.value());
    }
    Ok(Answer::empty(Status::NoContent).no_store().header("Set-Cookie", cookie("", Duration::ZERO, caller.https)))
}

/// RFC 6265 and its successor's `SameSite`.
fn cookie(value: &str, age_max: Duration, https: bool) -> String {
    let seconds = age_max.as_secs();
    let secure = if https { "; Secure" } else { "" };
    format!("{COOKIE}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_end_by_age_or_on_request() {
        let (sessions, now) = (Sessions::default(), Instant::now());
        sessions.begin("a", [1; 32], now);
        sessions.begin("b", [2; 32], now);
        let find = |secret, now| sessions.find(secret, now);
        assert_eq!(["a", "b", "c"].map(|secret| find(secret, now)), [Some([1; 32]), Some([2; 32]), None]);
        let almost = now + AGE_MAX.saturating_sub(Duration::from_secs(1));
        assert_eq!([almost, now + AGE_MAX].map(|later| find("a", later)), [Some([1; 32]), None]);
        sessions.end("a");
        assert_eq!(["a", "b"].map(|secret| find(secret, now)), [None, Some([2; 32])]);
    }

    #[test]
    fn the_oldest_sessions_make_room() {
        let (sessions, now) = (Sessions::default(), Instant::now());
        for number in 0..=SESSIONS_MAX {
            sessions.begin(&number.to_string(), [0; 32], now);
        }
        let known = |number: usize| sessions.find(&number.to_string(), now).is_some();
        assert_eq!([0, 1, SESSIONS_MAX].map(known), [false, true, true]);
        sessions.end("1");
        sessions.begin("one more", [0; 32], now);
        assert!(known(2), "the place of one that ended is used again");
        let table = sessions.0.lock().expect("whole");
        assert_eq!((table.sessions.len(), table.order.len()), (SESSIONS_MAX, SESSIONS_MAX));
    }
}
