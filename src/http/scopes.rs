//! Which scope each route needs: a table in which every route must stand, and what a caller with each scope gets.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use rocket::http::{Accept, Header, Method, Status};
use rocket::local::blocking::Client;
use rocket::{Route, get, routes};
use serde_json::json;
use tempfile::TempDir;

use crate::config::tokens::hash;
use crate::config::{Config, Scopes};
use crate::journal::Journal;
use crate::pingpong::Runs;
use crate::store::MemoryStore;

use super::app::App;
use super::build::build;
use super::gate::{Rules, gated};
use super::openapi::{document, template};

/// Every route, and the lowest scope with which it can be asked; `open` for none.
const NEEDS: &str = "
    GET    /                                     read
    GET    /app                                  open
    GET    /app/<file>                           open
    GET    /app/assets/<file>                    open
    GET    /favicon.ico                          open
    GET    /docs                                 open
    GET    /docs/<file>                          open
    GET    /metrics                              admin
    GET    /openapi.json                         open
    GET    /health/live                          open
    GET    /health/ready                         open
    GET    /history                              read
    GET    /history.csv                          read
    GET    /history.ndjson                       read
    GET    /history/<version>                    read
    GET    /progress                             read
    GET    /for-admins                           admin
    POST   /ping                                 write
    POST   /pong                                 write
    GET    /api/v1                               read
    GET    /api/v1/canvases                      read
    POST   /api/v1/canvases                      write
    GET    /api/v1/canvases/<name>               read
    PATCH  /api/v1/canvases/<name>               write
    DELETE /api/v1/canvases/<name>               admin
    GET    /api/v1/canvases/<name>/export        read
    POST   /api/v1/canvases/import               admin
    POST   /api/v1/canvases/<name>/fork          write
    GET    /api/v1/canvases/<name>/diff          read
    GET    /api/v1/canvases/<name>/diff.png      read
    GET    /api/v1/canvases/<name>/events        read
    GET    /api/v1/canvases/<name>/history       read
    GET    /api/v1/canvases/<name>/history.csv   read
    GET    /api/v1/canvases/<name>/history.ndjson read
    GET    /api/v1/canvases/<name>/image.png     read
    GET    /api/v1/canvases/<name>/image.raw     read
    GET    /api/v1/canvases/<name>/log.bin       read
    POST   /api/v1/canvases/<name>/pixels        write
    POST   /api/v1/canvases/<name>/restore       write
    GET    /api/v1/canvases/<name>/state         read
    PUT    /api/v1/canvases/<name>/state         write
    GET    /api/v1/canvases/<name>/tags          read
    DELETE /api/v1/canvases/<name>/tags/<tag>    write
    PUT    /api/v1/canvases/<name>/tags/<tag>    write
    POST   /api/v1/canvases/<name>/undo          write
    GET    /api/v1/canvases/<name>/pixels/<x>/<y> read
    GET    /api/v1/canvases/<name>/pixels/<x>/<y>/history read
    GET    /api/v1/canvases/<name>/stats         read
    GET    /api/v1/canvases/<name>/tiles.json    read
    GET    /api/v1/canvases/<name>/tiles/<z>/<x>/<y> read
    GET    /api/v1/canvases/<name>/tiles/changed read
    GET    /api/v1/canvases/<name>/timelapse.gif read
    GET    /api/v1/canvases/<name>/timelapse.png read
    GET    /api/v1/canvases/<name>/timeline      read
    GET    /api/v1/events                        read
    GET    /api/v1/runs                          read
    POST   /api/v1/runs                          write
    GET    /api/v1/runs/<id>                     read
    GET    /api/v1/runs/<id>/events              read
    POST   /api/v1/runs/<id>/cancel              write
    POST   /api/v1/runs/<id>/pause               write
    POST   /api/v1/runs/<id>/resume              write
    POST   /api/v1/session                       read
    DELETE /api/v1/session                       open
";

const SCOPES: [&str; 3] = ["read", "write", "admin"];

#[get("/for-admins")]
fn for_admins() -> Status {
    Status::NoContent
}

/// A server that nobody may ask anything without a token, and whose tokens are called what they allow.
fn client(folder: &TempDir) -> Client {
    let path = folder.path().join("tokens");
    let hex = |token: &str| hash(token).map(|byte| format!("{byte:02x}")).concat();
    let lines = SCOPES.map(|scope| format!("{scope}er {scope} {}\n", hex(scope)));
    fs::write(&path, lines.concat()).expect("a file");
    fs::set_permissions(&path, Permissions::from_mode(0o600)).expect("a mode");
    let config = Config { tokens: Some(path), anonymous: Some(Scopes::NONE), ..Config::default() };
    let journal = Journal::open(Arc::new(MemoryStore::new()), config.journal()).expect("an empty store");
    let app = Arc::new(App::new(config).expect("well-formed tokens"));
    app.open(journal.clone(), Runs::new(journal), ([127, 0, 0, 1], 1).into());
    let for_admins = gated(routes![for_admins], &Rules::always().admin());
    Client::untracked(build(app).expect("well configured").mount("/", for_admins)).expect("no collisions")
}

fn ask(client: &Client, method: Method, path: &str, token: Option<&str>, accept: Accept) -> Status {
    let mut request = client.req(method, path.to_owned()).header(Header::new("Host", "localhost")).header(accept);
    if let Some(token) = token {
        request.add_header(Header::new("Authorization", format!("Bearer {token}")));
    }
    request.dispatch().status()
}

/// The path of a route, its parameters filled in.
fn path(route: &Route) -> String {
    let segment = |segment: &str| if segment.starts_with('<') { "1".to_owned() } else { segment.to_owned() };
    route.uri.path().split('/').map(segment).collect::<Vec<_>>().join("/")
}

/// The lowest scope with which a route is not refused. Who has less is refused as a stranger, or for want of a scope.
fn need(client: &Client, route: &Route) -> &'static str {
    let path = path(route);
    let status = |token| ask(client, route.method, &path, token, Accept::Any);
    let is_in = |status: Status| status != Status::Unauthorized && status != Status::Forbidden;
    if is_in(status(None)) {
        return "open";
    }
    assert_eq!(status(None), Status::Unauthorized, "{route}");
    assert_eq!(status(Some("stranger")), Status::Unauthorized, "{route}");
    let enters = SCOPES.map(|scope| {
        let status = status(Some(scope));
        assert_ne!(status, Status::Unauthorized, "{scope} {route}");
        is_in(status)
    });
    let lowest = enters.iter().position(|is_in| *is_in).expect("somebody may");
    assert!(enters.iter().skip(lowest).all(|is_in| *is_in), "who has more may do more: {route}");
    SCOPES[lowest]
}

#[test]
fn every_route_stands_in_the_table_and_asks_for_that_scope() {
    let folder = TempDir::new().expect("a folder");
    let client = client(&folder);
    let row = |route: &Route| format!("{} {} {}", route.method, route.uri.path(), need(&client, route));
    let mut found: Vec<_> = client.rocket().routes().map(row).collect();
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut table: Vec<_> = NEEDS.lines().map(words).filter(|line| !line.is_empty()).collect();
    found.sort();
    table.sort();
    assert_eq!(found, table);
}

#[test]
fn the_page_is_open_and_starting_a_run_writes() {
    let folder = TempDir::new().expect("a folder");
    let client = client(&folder);
    let ask = |path: &str, token, accept| ask(&client, Method::Get, path, token, accept).code;
    assert_eq!([ask("/", None, Accept::HTML), ask("/", None, Accept::JSON)], [200, 401]);
    let run = "/?init=1&width=2&height=2";
    let run = |token| ask(run, token, Accept::Any);
    assert_eq!([run(None), run(Some("read")), run(Some("write"))], [401, 403, 200]);
    let page = |token| ask("/?init=1&width=2&height=2", token, Accept::HTML);
    assert_eq!([page(None), page(Some("read"))], [401, 403]);
}

#[test]
fn the_document_asks_for_the_scopes_of_the_table() {
    let document = serde_json::to_value(document()).expect("JSON");
    let mut said = 0;
    for row in NEEDS.lines().filter(|row| !row.trim().is_empty() && !row.contains("/for-admins")) {
        let [method, path, scope] = row.split_whitespace().collect::<Vec<_>>()[..] else { panic!("{row}") };
        let security = &document["paths"][template(path)][method.to_lowercase()]["security"];
        let expected = match (method, path, scope) {
            (_, _, "open") => json!([{}]),
            ("POST", "/api/v1/session", scope) => json!([{ "token": [scope] }]),
            ("GET", _, scope) => json!([{}, { "token": [scope] }, { "session": [scope] }]),
            (_, _, scope) => json!([{}, { "token": [scope] }]),
        };
        assert_eq!(*security, expected, "{method} {path}");
        said += 1;
    }
    assert!(said > 50, "{said}");
}
