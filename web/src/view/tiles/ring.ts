import type { Rect } from '../../canvas/geometry';

/** A change of a canvas: pixels in their order, or a region that is to be read again. */
export type Change =
	| { from: number; version: number; pixels: [number, number, string][] }
	| { from: number; version: number; region: Rect };

/** The last changes, so that what arrives a little late is brought up to date without being asked for again. */
export class ChangeRing {
	#changes: Change[] = [];
	#pixels = 0;

	/** @param pixelsMax how many pixels are remembered at most */
	constructor(readonly pixelsMax = 65_536) {}

	push(change: Change): void {
		this.#changes.push(change);
		this.#pixels += weight(change);
		while (this.#pixels > this.pixelsMax) {
			const oldest = this.#changes.shift();
			if (!oldest) break;
			this.#pixels -= weight(oldest);
		}
	}

	/** What came after a version, oldest first; `null` where something of that is no longer remembered. */
	after(version: number): Change[] | null {
		const newest = this.#changes.at(-1);
		if (!newest || newest.version <= version) return [];
		const first = this.#changes.findIndex((change) => change.version > version);
		const change = this.#changes[first];
		return change && change.from <= version ? this.#changes.slice(first) : null;
	}
}

function weight(change: Change): number {
	return 'pixels' in change ? change.pixels.length : 1;
}
