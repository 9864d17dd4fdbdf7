import type { Rect } from '../../canvas/geometry';
import type { TileGrid } from './grid';
import type { TileImage } from './image';
import type { Slot } from './slots';

/** From so many tiles on, one request for all of them is quicker: the server looks through the log once. */
const TILES_MIN = 4;
/** Samples of a sheet at most: 4 million are a screen with many pixels. */
const SAMPLES_MAX = 1 << 22;

/** The picture of a region, to be cut. */
export interface SheetImage {
	/** A part, in samples. */
	cut(part: Rect): Promise<TileImage>;
	close(): void;
}

export type FetchSheet = (sheet: Sheet, signal: AbortSignal) => Promise<SheetImage>;

/** Several tiles of one zoom that come as one picture. All who want a part of it say so before it comes. */
export class Sheet {
	#image: Promise<SheetImage> | null = null;
	#readers = 0;
	readonly #abort = new AbortController();

	constructor(
		/** In cells. */
		readonly region: Rect,
		/** Cells from one sample to the next. */
		readonly step: number,
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
			this.#image ??= fetchSheet(this, this.#abort.signal);
			const image = await this.#image;
			signal.throwIfAborted();
			const { region, step } = this;
			return await image.cut({ x: (x - region.x) / step, y: (y - region.y) / step, w: w / step, h: h / step });
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
	const [first] = slots;
	if (!first || slots.length < TILES_MIN || slots.some((slot) => !slot.shown || slot.z !== first.z)) return null;
	const all = slots.map((slot) => grid.cellsOf(slot));
	const x = Math.min(...all.map((cells) => cells.x));
	const y = Math.min(...all.map((cells) => cells.y));
	const w = Math.max(...all.map((cells) => cells.x + cells.w)) - x;
	const h = Math.max(...all.map((cells) => cells.y + cells.h)) - y;
	const step = grid.step(first.z);
	// A region that is scaled shows the samples of the tiles only where its sides are whole steps.
	if (w % step !== 0 || h % step !== 0 || (w * h) / step ** 2 > SAMPLES_MAX) return null;
	return new Sheet({ x, y, w, h }, step, version);
}
