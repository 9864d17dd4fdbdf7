/**
 * Scrolling through more rows than an element can be high: browsers cap heights at 17 to 33 million pixels. Up to
 * `TALLEST` all is as usual. Beyond it the element is that high, and there are two places: the physical one, that the
 * browser knows, and the virtual one, that decides which rows are seen. Small movements move both equally, so that
 * wheels, fingers and keys work as everywhere; a large one, a drag of the scrollbar, is scaled. Near both ends the two
 * are equal, counted from that end, so that the first and the last row can be reached by any means.
 */
export interface Geometry {
	rows: number;
	rowHeight: number;
	viewHeight: number;
}

export interface Place {
	physical: number;
	virtual: number;
}

const TALLEST = 8_000_000;
/** How far from an end the places are equal. */
const EDGE = 100_000;
/** How far the physical place may be from where the scrollbar should show it, until it is put right. */
const SLACK = 40_000;
/** A movement that is larger than what a wheel or a finger makes at once. */
const LEAP = 8000;

export function totalHeight({ rows, rowHeight }: Geometry): number {
	return rows * rowHeight;
}

export function physicalHeight(geometry: Geometry): number {
	return Math.min(totalHeight(geometry), TALLEST);
}

/** How far each of the two can be scrolled. */
function ways(geometry: Geometry): { virtual: number; physical: number } {
	return {
		virtual: Math.max(0, totalHeight(geometry) - geometry.viewHeight),
		physical: Math.max(0, physicalHeight(geometry) - geometry.viewHeight),
	};
}

/** The physical place that shows a virtual one on the scrollbar. */
export function toPhysical(virtual: number, geometry: Geometry): number {
	const way = ways(geometry);
	return between(virtual, way.virtual, way.physical);
}

/** The virtual place that a physical one stands for. */
export function toVirtual(physical: number, geometry: Geometry): number {
	const way = ways(geometry);
	return between(physical, way.physical, way.virtual);
}

function between(place: number, way: number, otherWay: number): number {
	if (way === otherWay || place <= EDGE) return place;
	if (place >= way - EDGE) return otherWay - (way - place);
	return EDGE + ((place - EDGE) * (otherWay - 2 * EDGE)) / (way - 2 * EDGE);
}

/** Where both are after the browser has scrolled. A `physical` that differs from the given one is to be set. */
export function scrolled(before: Place, physical: number, geometry: Geometry): Place {
	const way = ways(geometry);
	if (way.physical === way.virtual) return { physical, virtual: physical };
	const moved = physical - before.physical;
	if (Math.abs(moved) > LEAP) return { physical, virtual: toVirtual(physical, geometry) };
	const virtual = Math.min(way.virtual, Math.max(0, before.virtual + moved));
	const ideal = toPhysical(virtual, geometry);
	const isAtEnd = virtual <= EDGE || virtual >= way.virtual - EDGE;
	// A pixel of tolerance: browsers round what they are told.
	const isRight = Math.abs(ideal - physical) <= (isAtEnd ? 1 : SLACK);
	return { physical: isRight ? physical : ideal, virtual };
}

/** Both, so that a row is seen; unmoved where it is seen already. */
export function placeOf(row: number, place: Place, geometry: Geometry): Place {
	const top = row * geometry.rowHeight;
	const bottom = top + geometry.rowHeight;
	const virtual = Math.min(top, Math.max(place.virtual, bottom - geometry.viewHeight));
	return virtual === place.virtual ? place : { virtual, physical: toPhysical(virtual, geometry) };
}

/** The first and the last row that are seen, or -1 and -2 where there are none. */
export function rowsAt(virtual: number, { rows, rowHeight, viewHeight }: Geometry): [number, number] {
	if (rows === 0) return [-1, -2];
	const first = Math.min(rows - 1, Math.max(0, Math.floor(virtual / rowHeight)));
	return [first, Math.min(rows - 1, Math.max(first, Math.ceil((virtual + viewHeight) / rowHeight) - 1))];
}

/** Where a key leads from a row; `null` for keys that do not move. */
export function rowAfterKey(key: string, row: number, rows: number, page: number): number | null {
	const steps: Record<string, number> = {
		ArrowUp: row - 1,
		ArrowDown: row + 1,
		PageUp: row - page,
		PageDown: row + page,
		Home: 0,
		End: rows - 1,
	};
	const next = steps[key];
	return next === undefined ? null : Math.min(rows - 1, Math.max(0, next));
}
