import { keyOf, type TileId } from './grid';
import type { TileImage } from './image';

/** A picture of a tile, and the version that it shows. */
export interface Tile {
	image: TileImage;
	version: number;
}

/** The place of one tile: what is shown there, and what will be in a moment. */
export interface Slot extends TileId {
	shown: Tile | null;
	/** Newer, but kept back until all in sight can change at once. */
	next: Tile | null;
	failed: Error | null;
	/** When it was last asked for, in milliseconds. */
	askedAt: number;
}

const BYTES_A_SAMPLE = 4;

/** The tiles in memory, bounded in bytes: the longest unused go first. */
export class Slots {
	/** In the order of their last use. */
	#slots = new Map<number, Slot>();
	#bytes = 0;

	constructor(readonly bytesMax: number) {}

	get bytes(): number {
		return this.#bytes;
	}

	find(id: TileId): Slot | undefined {
		return this.#slots.get(keyOf(id));
	}

	/** The slot of a tile, made where there is none, and marked as used. */
	use({ z, x, y }: TileId): Slot {
		const key = keyOf({ z, x, y });
		const slot = this.#slots.get(key) ?? {
			z,
			x,
			y,
			shown: null,
			next: null,
			failed: null,
			askedAt: Number.NEGATIVE_INFINITY,
		};
		this.#slots.delete(key);
		this.#slots.set(key, slot);
		return slot;
	}

	all(): IterableIterator<Slot> {
		return this.#slots.values();
	}

	set(slot: Slot, place: 'shown' | 'next', tile: Tile | null): void {
		const before = slot[place];
		slot[place] = tile;
		if (before) this.#release(before);
		if (tile) this.#bytes += bytesOf(tile);
	}

	/** Shows what was kept back. */
	promote(slot: Slot): void {
		const { shown, next } = slot;
		if (!next) return;
		slot.shown = next;
		slot.next = null;
		if (shown) this.#release(shown);
	}

	/** Takes away the longest unused until the bound is kept, but none that is needed. */
	shrink(isNeeded: (id: TileId) => boolean): void {
		for (const [key, slot] of this.#slots) {
			if (this.#bytes <= this.bytesMax) return;
			if (isNeeded(slot)) continue;
			this.#drop(key, slot);
		}
	}

	clear(): void {
		for (const [key, slot] of this.#slots) this.#drop(key, slot);
	}

	#drop(key: number, slot: Slot): void {
		this.set(slot, 'shown', null);
		this.set(slot, 'next', null);
		this.#slots.delete(key);
	}

	#release(tile: Tile): void {
		this.#bytes -= bytesOf(tile);
		tile.image.close();
	}
}

function bytesOf({ image }: Tile): number {
	return image.width * image.height * BYTES_A_SAMPLE;
}
