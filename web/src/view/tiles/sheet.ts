import type { Rect } from '../camera';
import type { TileGrid } from './grid';
import type { TileImage } from './image';
import type { Slot } from './slots';

/** From so many tiles on, one request for all of them is quicker: the server looks through the log once. */
const TILES_MIN = 4;
/** Cells of a sheet at most: 4 million are a screen with many pixels. */
const CELLS_MAX = 1 << 22;

/** The picture of a region, to be cut. */
export interface SheetImage {
	cut(cells: Rect): Promise<TileImage>;
	close(): void;
}

export type FetchSheet = (region: Rect, version: number, signal: AbortSignal) => Promise<SheetImage>;

/** Several tiles of full size that come as one picture. All who want a part of it say so before it comes. */
export class Sheet {
	#image: Promise<SheetImage> | null = null;
	#readers = 0;
	readonly #abort = new AbortController();

	constructor(
		readonly region: Rect,
		readonly version: number,
	) {}

	/** The part of a tile, given the cells that it shows. The last who no longer waits ends the request. */
	async tile({ x, y, w, h }: Rect, fetchSheet: FetchSheet, signal: AbortSignal): Promise<TileImage> {
		this.#readers += 1;
		const leave = () => {
			this.#readers -= 1;
			if (this.#readers > 0) return;
			this.#abort.abort();
			this.#image?.then((image) => image.close()).catch(() => {});
		};
		signal.addEventListener('abort', leave, { once: true });
		try {
			this.#image ??= fetchSheet(this.region, this.version, this.#abort.signal);
			const image = await this.#image;
			signal.throwIfAborted();
			return await image.cut({ x: x - this.region.x, y: y - this.region.y, w, h });
		} finally {
			signal.removeEventListener('abort', leave);
			if (!signal.aborted) leave();
		}
	}
}

/**
 * The sheet that brings those slots that show another version and are to be loaded, where that pays. What shows nothing
 * yet is loaded tile by tile, so that something is seen at once.
 */
export function sheetFor(grid: TileGrid, slots: Slot[], version: number): Sheet | null {
	const renewed = slots.filter((slot) => slot.shown && slot.z === grid.maxZ);
	if (renewed.length < TILES_MIN || renewed.length < slots.length) return null;
	const all = renewed.map((slot) => grid.cellsOf(slot));
	const x = Math.min(...all.map((cells) => cells.x));
	const y = Math.min(...all.map((cells) => cells.y));
	const w = Math.max(...all.map((cells) => cells.x + cells.w)) - x;
	const h = Math.max(...all.map((cells) => cells.y + cells.h)) - y;
	return w * h <= CELLS_MAX ? new Sheet({ x, y, w, h }, version) : null;
}
