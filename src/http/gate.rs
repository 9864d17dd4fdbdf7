//! What is asked of a request before its route sees it. Rocket's fairings cannot refuse, so the gate wraps handlers.

use rocket::Data;
use rocket::http::{Accept, MediaType, Method, Status};
use rocket::request::Request;
use rocket::route::{Handler, Outcome, Route};
use tracing::Instrument;

use crate::config::Scope;

use super::app::{App, app};
use super::began::began;
use super::caller::Identity;
use super::problem::Problem;
use super::query::Query;
use super::repeat;

/// What stands between a request and the handler of its route.
#[derive(Clone)]
struct Gate {
    handler: Box<dyn Handler>,
    rules: Rules,
}

/// What a route asks for.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    /// What it answers with, where a client's `Accept` may rule that out.
    produces: Option<MediaType>,
    /// Whether it works only once the data directory is open.
    needs_store: bool,
    /// Whether a GET with the parameter `init` writes, and one from a browser gets the page.
    starts_runs: bool,
    /// Who may ask.
    asks_for: AsksFor,
    /// Whether a POST, PUT or PATCH with an `Idempotency-Key` is taken.
    repeatable: bool,
}

/// What a route asks of who calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AsksFor {
    /// Nothing: it is for everyone.
    Nothing,
    /// A token, whatever it allows.
    Token,
    /// `read` for what reads, `write` for what writes.
    ItsMethod,
    /// `admin`.
    Admin,
}

impl Rules {
    /// A route that reads or writes, and answers with this type.
    pub(super) fn answering(produces: MediaType) -> Self {
        Self { produces: Some(produces), ..Self::answering_nothing() }
    }

    /// A route that writes, and answers without a body.
    pub(super) fn answering_nothing() -> Self {
        Self { produces: None, needs_store: true, starts_runs: false, asks_for: AsksFor::ItsMethod, repeatable: false }
    }

    /// The route that looks at `Accept` itself, and starts a run where there is the parameter `init`.
    pub(super) fn starting_runs() -> Self {
        Self { starts_runs: true, ..Self::answering_nothing() }
    }

    /// A route that works from the first moment on, for everyone.
    pub(super) fn always() -> Self {
        Self { needs_store: false, asks_for: AsksFor::Nothing, ..Self::answering_nothing() }
    }

    /// The same, for who has a token, whatever it allows.
    pub(super) fn token(self) -> Self {
        Self { asks_for: AsksFor::Token, ..self }
    }

    /// The same, whose requests may be sent again with an `Idempotency-Key`.
    pub(super) fn repeatable(self) -> Self {
        Self { repeatable: true, ..self }
    }

    /// The same, for who may do all.
    pub(super) fn admin(self) -> Self {
        Self { asks_for: AsksFor::Admin, ..self }
    }
}

/// Puts a gate with these rules in front of each of `routes`.
pub(super) fn gated(routes: Vec<Route>, rules: &Rules) -> Vec<Route> {
    let gate = |route: Route| {
        let Route { method, uri, rank, handler, name, format, .. } = route;
        let mut gated = Route::ranked(rank, method, uri.as_str(), Gate { handler, rules: rules.clone() });
        gated.name = name;
        gated.format = format;
        gated
    };
    routes.into_iter().map(gate).collect()
}

#[rocket::async_trait]
impl Handler for Gate {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r> {
        let Some(app) = app(request) else { return Outcome::error(Status::InternalServerError) };
        match self.rules.check(app, request) {
            Ok(()) => self.handler.handle(request, data).instrument(began(request).span.clone()).await,
            Err(problem) => Outcome::from(request, problem),
        }
    }
}

impl Rules {
    fn check(&self, app: &App, request: &Request<'_>) -> Result<(), Problem> {
        let headers = request.headers();
        if app.secret.is_in(headers) {
            // From this process: it goes on while the server stops, so that runs reach a durable point.
            return app.opened().map(|_| ());
        }
        app.access.check_host(headers)?;
        let method = began(request).method;
        check_form(method, request)?;
        let starts_run = self.starts_runs && Query::of(request).has("init");
        let writes = starts_run || !matches!(method, Method::Get | Method::Head | Method::Options);
        if writes {
            app.access.check_origin(headers)?;
        }
        self.check_caller(app, request, writes)?;
        if let Some(produces) = &self.produces {
            check_accept(request.accept(), produces)?;
        }
        if repeat::key(method, headers)?.is_some() && !self.repeatable {
            return Err(Problem::unreadable("Idempotency-Key is not supported here"));
        }
        if writes && app.stopping() {
            return Err(Problem::stopping());
        }
        if self.needs_store {
            app.opened()?;
        }
        Ok(())
    }
}

impl Rules {
    /// Whether who asks may, and may now. What is for everyone is for everyone at any rate.
    fn check_caller(&self, app: &App, request: &Request<'_>, writes: bool) -> Result<(), Problem> {
        let identity = Identity::of(request, &app.access, !writes);
        let page = self.starts_runs && !writes && request.accept().is_some_and(names_html);
        if page || self.asks_for == AsksFor::Nothing {
            return Ok(());
        }
        app.access.check_rate(identity)?;
        let caller = identity.known()?;
        match self.asks_for {
            AsksFor::Nothing => Ok(()),
            AsksFor::Token => caller.need_token().map(|_| ()),
            AsksFor::ItsMethod => caller.need(if writes { Scope::Write } else { Scope::Read }),
            AsksFor::Admin => caller.need(Scope::Admin),
        }
    }
}

/// Rocket takes the first field of a form, if it is called `_method`, for the method of the request. A form is sent by
/// POST alone, so one that now has another method was rewritten, or was never ours.
pub(super) fn check_form(method: Method, request: &Request<'_>) -> Result<(), Problem> {
    let form = request.content_type().is_some_and(|found| found.is_form() || found.is_form_data());
    if form && method != Method::Post {
        return Err(Problem::new(Status::UnsupportedMediaType, "form", "a form is sent by POST, and has no _method"));
    }
    Ok(())
}

fn check_accept(accept: Option<&Accept>, produces: &MediaType) -> Result<(), Problem> {
    if accept.is_none_or(|accept| accepts(accept, produces)) {
        return Ok(());
    }
    Err(Problem::new(Status::NotAcceptable, "not-acceptable", format!("this page answers with {produces}")))
}

/// Whether a client takes `wanted`: the most specific range that matches decides.
pub(super) fn accepts(accept: &Accept, wanted: &MediaType) -> bool {
    let matches = accept.iter().filter(|range| {
        (range.top() == "*" || range.top() == wanted.top()) && (range.sub() == "*" || range.sub() == wanted.sub())
    });
    let best = matches.max_by_key(|range| (range.top() != "*", range.sub() != "*"));
    best.is_some_and(|range| range.weight().is_none_or(|weight| weight > 0.0))
}

/// A browser that opens a page names HTML.
pub(super) fn names_html(accept: &Accept) -> bool {
    let named = accept.iter().any(|range| range.top() == "text" && range.sub() == "html");
    named && accepts(accept, &MediaType::HTML)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_specific_range_decides() {
        for (accept, takes) in [
            ("*/*", true),
            ("image/*", true),
            ("image/png", true),
            ("text/html, */*;q=0.1", true),
            ("image/png;q=0, */*", false),
            ("image/webp", false),
        ] {
            let accept = accept.parse().expect("well formed");
            assert_eq!(accepts(&accept, &MediaType::PNG), takes, "{accept}");
        }
    }
}
