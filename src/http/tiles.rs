//! `/api/v1/canvases/{name}/tiles…`: a canvas in squares of 256 pixels, at each zoom, for maps.

use rocket::http::{ContentType, MediaType, Status};
use rocket::{Route, get, routes};
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};

use crate::canvas::{Rect, TILE_SIDE, TileGrid, TileIndex, Version, When};
use crate::journal::{Canvas, Journal};
use crate::picture::png_of;

use super::answer::{Answer, Shown};
use super::app::{App, Opened};
use super::canvases::find;
use super::cells::number;
use super::conditions::Conditions;
use super::gate::{Rules, gated};
use super::moment::{Moment, in_order};
use super::openapi::bodies::Bytes;
use super::openapi::params::{At, IfNoneMatch, OfCanvas, OfTile};
use super::openapi::problems::{Impossible, NotModified};
use super::problem::Problem;
use super::query::Query;
use super::tile_cache::{Tile, TileKey};

/// Entries that are looked through to find out whether a tile is still what it was: 32 blocks, less than a tile costs.
const ENTRIES_LOOKED_AT: u64 = 1 << 14;

/// Entries that are looked through outside the heavy lane.
const ENTRIES_LIGHT: u64 = 1 << 16;

/// The routes of this resource, below `/api/v1`.
pub(super) fn routes() -> Vec<Route> {
    let mut all = gated(routes![tile], &Rules::answering(MediaType::PNG));
    all.extend(gated(routes![grid, changed], &Rules::answering(MediaType::JSON)));
    all
}

/// What the document says of them.
#[derive(OpenApi)]
#[openapi(paths(grid, changed, tile))]
pub(super) struct Doc;

/// How a canvas is cut into tiles.
#[derive(Serialize, ToSchema)]
#[schema(as = TileGrid)]
struct GridBody {
    /// Pixels on a side of a tile; those at the right and the lower edge have fewer
    tile_size: u32,
    /// The zoom of full size; each below it shows every second pixel of the next
    max_z: u32,
    width: u32,
    height: u32,
    version: u64,
}

/// How a canvas is cut into tiles
#[utoipa::path(
    get,
    path = "/canvases/{name}/tiles.json",
    operation_id = "getTileGrid",
    tag = "reading",
    params(OfCanvas, At, IfNoneMatch),
    responses((status = 200, description = "The grid", body = GridBody), NotModified)
)]
#[get("/canvases/<name>/tiles.json")]
async fn grid(
    name: &str,
    mut query: Query<'_>,
    conditions: Conditions<'_>,
    app: &App,
    opened: &Opened,
) -> Result<Answer, Problem> {
    let when = When::take(&mut query)?;
    query.finish()?;
    let moment = Moment::of(name, when, app, opened).await?;
    if let Some(unchanged) = moment.unchanged(&conditions) {
        return Ok(unchanged);
    }
    let Moment { canvas: Canvas { size, .. }, shown } = moment;
    let max_z = TileGrid::new(size).max_zoom();
    let (width, height) = (size.width(), size.height());
    let body = GridBody { tile_size: TILE_SIDE, max_z, width, height, version: shown.version.0 };
    Ok(Answer::json(&body)?.versioned(shown))
}

/// Which tiles changed.
#[derive(Serialize, ToSchema)]
#[schema(as = ChangedTiles)]
struct ChangedBody {
    /// Up to which version
    version: u64,
    /// Column and row of each, at full size
    tiles: Vec<(u32, u32)>,
}

/// Which tiles changed since a version
#[utoipa::path(
    get,
    path = "/canvases/{name}/tiles/changed",
    operation_id = "getChangedTiles",
    tag = "reading",
    params(OfCanvas, ("since" = u64, Query, description = "The version that the client has", example = 1), At, IfNoneMatch),
    responses((status = 200, description = "The tiles", body = ChangedBody), NotModified, Impossible)
)]
#[get("/canvases/<name>/tiles/changed")]
async fn changed(
    name: &str,
    mut query: Query<'_>,
    conditions: Conditions<'_>,
    app: &App,
    opened: &Opened,
) -> Result<Answer, Problem> {
    let (since, when) = (Version(query.need("since")?), When::take(&mut query)?);
    query.finish()?;
    let moment = Moment::after(name, since, when, app, opened).await?;
    let Moment { canvas, shown } = &moment;
    in_order("since", since, shown.version)?;
    if let Some(unchanged) = moment.unchanged(&conditions) {
        return Ok(unchanged);
    }
    let (journal, id, upto) = (opened.journal.clone(), canvas.id, shown.version);
    let read = move || journal.tiles_changed_between(id, since, upto);
    let near = upto.0 - since.0 <= ENTRIES_LIGHT;
    let tiles = if near { app.work.light(read).await? } else { app.work.heavy.run(read).await? };
    let columns = canvas.size.width().div_ceil(TILE_SIDE);
    let tiles = tiles.into_iter().map(|TileIndex(tile)| (tile % columns, tile / columns)).collect();
    Ok(Answer::json(&ChangedBody { version: upto.0, tiles })?.versioned(*shown))
}

/// A tile of a canvas
///
/// At zoom `z` its pixel at column a and row b is the cell (a · s, b · s), where s is 2 to the power of `max_z` − `z`.
#[utoipa::path(
    get,
    path = "/canvases/{name}/tiles/{z}/{x}/{y}.png",
    operation_id = "getTile",
    tag = "reading",
    params(OfCanvas, OfTile, At, IfNoneMatch),
    responses((status = 200, description = "A PNG", body = Bytes, content_type = "image/png"), NotModified, Impossible)
)]
#[get("/canvases/<name>/tiles/<z>/<x>/<y>")]
async fn tile(
    name: &str,
    z: &str,
    x: &str,
    y: &str,
    mut query: Query<'_>,
    conditions: Conditions<'_>,
    app: &App,
) -> Result<Answer, Problem> {
    let Some(y) = y.strip_suffix(".png") else { return Err(Problem::no_page()) };
    let (z, x, y) = (number("z", z)?, number("x", x)?, number("y", y)?);
    let when = When::take(&mut query)?;
    query.finish()?;
    let opened = app.opened()?;
    let canvas = find(&opened.journal, name)?;
    let key = |version| TileKey { canvas: canvas.id, z, x, y, version };
    // What is in memory is answered at once, without another thread.
    let version = match when {
        When::Version(version) => Some(version),
        When::Head => Some(opened.journal.head(canvas.id)?.version),
        When::Tag(_) | When::At(_) => None,
    };
    if let Some(version) = version
        && let Some(tile) = app.tiles.find(&key(version))
    {
        let shown = Shown { version, time: tile.time, named: when == When::Version(version) };
        return Ok(answer(&tile, shown, &conditions));
    }
    let moment = Moment::of(name, when, app, opened).await?;
    let sampling = TileGrid::new(canvas.size).zoomed(z, x, y);
    let source = sampling.ok_or_else(|| Problem::impossible("no-such-tile", "the canvas has no such tile"))?.source();
    if let Some(unchanged) = moment.unchanged(&conditions) {
        return Ok(unchanged);
    }
    let Moment { canvas, shown } = moment;
    let key = key(shown.version);
    let tile = app.tiles.get(key, async || make(app, &opened.journal, canvas, shown, key, source).await).await?;
    Ok(answer(&tile, shown, &conditions))
}

fn answer(tile: &Tile, shown: Shown, conditions: &Conditions<'_>) -> Answer {
    let answer = if conditions.has(shown.version) {
        Answer::empty(Status::NotModified)
    } else {
        Answer::bytes(ContentType::PNG, tile.png.to_vec())
    };
    answer.versioned(shown)
}

/// Makes a tile of `source`. Where it is in memory as it was a little earlier, and nothing happened in it since, that
/// will do: of a large canvas that is drawn on, most tiles stay as they are.
async fn make(
    app: &App,
    journal: &Journal,
    canvas: Canvas,
    shown: Shown,
    key: TileKey,
    source: Rect,
) -> Result<Tile, Problem> {
    let before = app.tiles.before(&key).filter(|(version, _)| key.version.0 - version.0 <= ENTRIES_LOOKED_AT);
    let journal = journal.clone();
    let make = move || -> Result<Tile, Problem> {
        if let Some((version, tile)) = before
            && is_untouched(&journal, &canvas, version, &key, source)
        {
            return Ok(Tile { time: shown.time, ..tile });
        }
        let raster = journal.tile(canvas.id, key.version, key.z, key.x, key.y)?;
        Ok(Tile { png: png_of(&raster)?.into(), time: shown.time })
    };
    // One tile is read for a tile of full size; of the others each shows as many as the zoom says.
    let lane = if source.area() <= u64::from(TILE_SIDE * TILE_SIDE) { &app.work.tiles } else { &app.work.heavy };
    lane.run(make).await
}

/// Whether nothing happened in `source` between a version and that of `key`. What cannot be read is for the tile to tell.
fn is_untouched(journal: &Journal, canvas: &Canvas, version: Version, key: &TileKey, source: Rect) -> bool {
    let Ok(touched) = journal.tiles_changed_between(canvas.id, version, key.version) else { return false };
    let grid = TileGrid::new(canvas.size);
    touched.into_iter().filter_map(|tile| grid.rect(tile)).all(|rect| rect.intersection(source).is_none())
}
