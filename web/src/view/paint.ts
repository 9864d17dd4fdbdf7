import type { Rect } from '../canvas/geometry';
import { GRID_ZOOM } from './camera';
import { ancestorOf, TILE_SIDE, type TileId, type TileRange, tilesOf } from './tiles/grid';
import type { TilePyramid } from './tiles/pyramid';
import type { Tile } from './tiles/slots';
import { placeOf } from './transform';
import type { Transform } from './view';

/** How many zooms further in tiles are looked for to stand in for one that is not there. */
const FINER_LEVELS = 2;

/** Paints the tiles in sight; in place of those that are not there, what is there of coarser and finer ones. */
export function paintTiles(
	context: CanvasRenderingContext2D,
	transform: Transform,
	pyramid: TilePyramid,
	range: TileRange,
): void {
	for (const id of tilesOf(range)) {
		const tile = pyramid.slots.find(id)?.shown;
		const { x, y, w, h } = pyramid.grid.cellsOf(id);
		if (tile) paintTile(context, transform, pyramid, id, tile, { x, y, w, h });
		else paintStandIns(context, transform, pyramid, id, { x, y, w, h });
	}
}

function paintStandIns(
	context: CanvasRenderingContext2D,
	transform: Transform,
	pyramid: TilePyramid,
	id: TileId,
	cells: Rect,
): void {
	for (let levels = 1; levels <= id.z; levels += 1) {
		const coarser = ancestorOf(id, levels);
		const tile = pyramid.slots.find(coarser)?.shown;
		if (!tile) continue;
		paintTile(context, transform, pyramid, coarser, tile, cells);
		break;
	}
	for (let levels = 1; levels <= FINER_LEVELS && id.z + levels <= pyramid.grid.maxZ; levels += 1) {
		for (const finer of tilesOf(pyramid.grid.rangeOf(id.z + levels, cells))) {
			const tile = pyramid.slots.find(finer)?.shown;
			if (tile) paintTile(context, transform, pyramid, finer, tile, pyramid.grid.cellsOf(finer));
		}
	}
}

/** Paints of a tile what lies in a rectangle of cells. */
function paintTile(
	context: CanvasRenderingContext2D,
	transform: Transform,
	{ grid }: TilePyramid,
	id: TileId,
	{ image }: Tile,
	{ x, y, w, h }: Rect,
): void {
	const step = grid.step(id.z);
	const [left, top] = [id.x * TILE_SIDE * step, id.y * TILE_SIDE * step];
	const place = placeOf(transform, { x, y, w, h });
	// Cells are crisp; only where several samples share a device pixel are they mixed.
	context.imageSmoothingEnabled = step * transform.scale < 1;
	context.drawImage(
		image.source,
		(x - left) / step,
		(y - top) / step,
		w / step,
		h / step,
		place.x,
		place.y,
		place.w,
		place.h,
	);
}

/** Lines between the cells, where these are large enough to be told apart. */
export function paintGrid(context: CanvasRenderingContext2D, transform: Transform, cells: Rect): void {
	if (transform.scale / transform.ratio < GRID_ZOOM) return;
	const { x: left, y: top, w: width, h: height } = placeOf(transform, cells);
	context.beginPath();
	for (let x = cells.x; x <= cells.x + cells.w; x += 1) {
		const at = Math.round(transform.left + x * transform.scale) + 0.5;
		context.moveTo(at, top);
		context.lineTo(at, top + height);
	}
	for (let y = cells.y; y <= cells.y + cells.h; y += 1) {
		const at = Math.round(transform.top + y * transform.scale) + 0.5;
		context.moveTo(left, at);
		context.lineTo(left + width, at);
	}
	context.lineWidth = 1;
	// In the middle between black and white: it is seen on both.
	context.strokeStyle = 'rgb(128 128 128 / 35%)';
	context.stroke();
}

/** CSS pixels on a side of a square of the checkerboard. */
const CHECK_SIDE = 8;

/** What is seen through transparent cells, and until the tiles are there. */
export function paintGround(
	context: CanvasRenderingContext2D,
	{ ratio }: Transform,
	place: Rect,
	colors: [string, string],
	isTransparent: boolean,
): void {
	context.fillStyle = isTransparent ? checkerboard(context, ratio, colors) : colors[0];
	context.fillRect(place.x, place.y, place.w, place.h);
}

function checkerboard(
	context: CanvasRenderingContext2D,
	ratio: number,
	colors: [string, string],
): CanvasPattern | string {
	const side = Math.round(CHECK_SIDE * ratio);
	const square = new OffscreenCanvas(2 * side, 2 * side);
	const pen = square.getContext('2d');
	if (!pen) return colors[0];
	pen.fillStyle = colors[0];
	pen.fillRect(0, 0, 2 * side, 2 * side);
	pen.fillStyle = colors[1];
	pen.fillRect(0, 0, side, side);
	pen.fillRect(side, side, side, side);
	return context.createPattern(square, 'repeat') ?? colors[0];
}
