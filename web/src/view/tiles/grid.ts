import type { Rect, Size } from '../../canvas/geometry';

/** Samples on a side of a tile; those at the right and the lower edge have fewer. */
export const TILE_SIDE = 256;

/** Which tile: column and row of those at zoom z. */
export interface TileId {
	z: number;
	x: number;
	y: number;
}

/** A rectangle of tiles of one zoom, the ends not included. */
export interface TileRange {
	z: number;
	x0: number;
	y0: number;
	x1: number;
	y1: number;
}

/** Samples are shown up to so many device pixels large, before twice as many of them are taken. */
const SAMPLE_MAX = 1.2;

/** How a canvas is cut into tiles (the server's `tiles.json`, worked out from the size). */
export class TileGrid {
	/** The zoom at which each cell is a sample. */
	readonly maxZ: number;

	constructor(readonly canvas: Size) {
		const longest = Math.max(canvas.width, canvas.height);
		this.maxZ = Math.max(0, Math.ceil(Math.log2(longest / TILE_SIDE)));
	}

	/** Cells from one sample to the next. */
	step(z: number): number {
		return 2 ** (this.maxZ - z);
	}

	/** The zoom whose samples are about the size of a device pixel, given device pixels a cell. */
	zoomFor(scale: number): number {
		const halvings = Math.floor(Math.log2(SAMPLE_MAX / scale));
		return this.maxZ - Math.min(Math.max(halvings, 0), this.maxZ);
	}

	/** The cells that a tile stands for, cropped to the canvas. */
	cellsOf({ z, x, y }: TileId): Rect {
		const side = TILE_SIDE * this.step(z);
		const [left, top] = [x * side, y * side];
		return {
			x: left,
			y: top,
			w: Math.min(side, this.canvas.width - left),
			h: Math.min(side, this.canvas.height - top),
		};
	}

	/** The tiles with a cell of a rectangle within the canvas. */
	rangeOf(z: number, cells: Rect): TileRange {
		const side = TILE_SIDE * this.step(z);
		if (cells.w <= 0 || cells.h <= 0) return { z, x0: 0, y0: 0, x1: 0, y1: 0 };
		return {
			z,
			x0: Math.floor(cells.x / side),
			y0: Math.floor(cells.y / side),
			x1: Math.ceil((cells.x + cells.w) / side),
			y1: Math.ceil((cells.y + cells.h) / side),
		};
	}

	/** The range with one more tile on each side, as far as there are any. */
	around({ z, x0, y0, x1, y1 }: TileRange): TileRange {
		const side = TILE_SIDE * this.step(z);
		return {
			z,
			x0: Math.max(x0 - 1, 0),
			y0: Math.max(y0 - 1, 0),
			x1: Math.min(x1 + 1, Math.ceil(this.canvas.width / side)),
			y1: Math.min(y1 + 1, Math.ceil(this.canvas.height / side)),
		};
	}
}

/** A number for each tile: at most 64 tiles a side (16,384 cells). */
export function keyOf({ z, x, y }: TileId): number {
	return (z << 12) | (y << 6) | x;
}

/** The tile `levels` zooms further out that holds a tile. */
export function ancestorOf({ z, x, y }: TileId, levels: number): TileId {
	return { z: z - levels, x: x >> levels, y: y >> levels };
}

export function* tilesOf({ z, x0, y0, x1, y1 }: TileRange): Generator<TileId> {
	for (let y = y0; y < y1; y += 1) for (let x = x0; x < x1; x += 1) yield { z, x, y };
}
