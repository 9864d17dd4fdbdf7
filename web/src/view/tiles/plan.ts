import type { Point } from '../../canvas/geometry';
import { ancestorOf, keyOf, type TileGrid, type TileId, type TileRange, tilesOf } from './grid';
import type { Slot, Slots } from './slots';

/** How many zooms further out a stand-in is taken: one for sixteen tiles. */
const STAND_IN_LEVELS = 2;

/** What is in sight: tiles of one zoom, and the cell in the middle. */
export interface Sight {
	range: TileRange;
	centre: Point;
}

export interface PlanRules {
	isCurrent(slot: Slot): boolean;
	/** Whether it may be asked for now: it did not fail just before, nor was it asked for too often. */
	mayAsk(slot: Slot): boolean;
	/** What of the ring around the sight is loaded as well. */
	ring: 'all' | 'missing' | 'none';
}

/**
 * The slots to be loaded, in this order: what stands in for tiles that are not there, tiles that are not there, from the
 * middle outwards, tiles that show another version, and last the ring around, where nothing in sight is wanting.
 */
export function planOf(grid: TileGrid, slots: Slots, { range, centre }: Sight, rules: PlanRules): Slot[] {
	const visible = [...tilesOf(range)].map((id) => slots.use(id));
	const lacking = visible.filter((slot) => !rules.isCurrent(slot)).sort(byNeed(grid, centre));
	const asked = lacking.filter(rules.mayAsk);
	const standIns = lacking.flatMap((slot) => standInOf(slots, slot) ?? []);
	const first = [...new Set(standIns)].filter(rules.mayAsk);
	return [...first, ...asked, ...(lacking.length === 0 ? ringOf() : [])];

	function ringOf(): Slot[] {
		if (rules.ring === 'none') return [];
		const seen = new Set(visible);
		return [...tilesOf(grid.around(range))]
			.map((id) => slots.use(id))
			.filter((slot) => !seen.has(slot) && !rules.isCurrent(slot) && (rules.ring === 'all' || !slot.shown))
			.filter(rules.mayAsk)
			.sort(byNeed(grid, centre));
	}
}

/** Whether a tile is in sight or around it, or stands in for one that is. */
export function isNear(grid: TileGrid, { range }: Sight, id: TileId): boolean {
	const levels = range.z - id.z;
	if (levels !== 0 && levels !== STAND_IN_LEVELS) return false;
	const { x0, y0, x1, y1 } = grid.around(range);
	const last = { x: (x1 - 1) >> levels, y: (y1 - 1) >> levels };
	return id.x >= x0 >> levels && id.x <= last.x && id.y >= y0 >> levels && id.y <= last.y;
}

/** The slot further out that is to be loaded first, where there is nothing yet to show in place of a slot. */
function standInOf(slots: Slots, slot: Slot): Slot | null {
	if (slot.shown || slot.z < STAND_IN_LEVELS) return null;
	for (let levels = 1; levels <= slot.z; levels += 1) {
		if (slots.find(ancestorOf(slot, levels))?.shown) return null;
	}
	return slots.use(ancestorOf(slot, STAND_IN_LEVELS));
}

/** Nothing before something, the older before the newer, the near before the far. */
function byNeed(grid: TileGrid, centre: Point): (a: Slot, b: Slot) => number {
	const distances = new Map<number, number>();
	const distance = (slot: Slot) => {
		const known = distances.get(keyOf(slot));
		if (known !== undefined) return known;
		const { x, y, w, h } = grid.cellsOf(slot);
		const found = Math.hypot(x + w / 2 - centre.x, y + h / 2 - centre.y);
		distances.set(keyOf(slot), found);
		return found;
	};
	const age = (slot: Slot) => slot.shown?.version ?? -1;
	return (a, b) => age(a) - age(b) || distance(a) - distance(b);
}
