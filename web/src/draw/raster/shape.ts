import type { Point, Rect, Size } from '../../canvas/geometry';

/** The rectangle with two cells as opposite corners, both in it. */
export function rectOf(one: Point, other: Point): Rect {
	const x = Math.min(one.x, other.x);
	const y = Math.min(one.y, other.y);
	return { x, y, w: Math.abs(one.x - other.x) + 1, h: Math.abs(one.y - other.y) + 1 };
}

/** What of a rectangle lies on the canvas. */
export function clipRect(rect: Rect, canvas: Size): Rect | null {
	const x = Math.max(rect.x, 0);
	const y = Math.max(rect.y, 0);
	const w = Math.min(rect.x + rect.w, canvas.width) - x;
	const h = Math.min(rect.y + rect.h, canvas.height) - y;
	return w > 0 && h > 0 ? { x, y, w, h } : null;
}

/** The square that a brush covers; an even one reaches one cell further right and down. */
export function brushRect(cell: Point, size: number): Rect {
	const before = Math.floor((size - 1) / 2);
	return { x: cell.x - before, y: cell.y - before, w: size, h: size };
}

/** With Shift: the other end of the nearest line at a multiple of 45°. */
export function straightened(from: Point, to: Point): Point {
	const dx = to.x - from.x;
	const dy = to.y - from.y;
	if (2 * Math.abs(dy) <= Math.abs(dx)) return { x: to.x, y: from.y };
	if (2 * Math.abs(dx) <= Math.abs(dy)) return { x: from.x, y: to.y };
	return squared(from, to);
}

/** With Shift: the other corner of the square that holds the rectangle. */
export function squared(from: Point, to: Point): Point {
	const side = Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y));
	return { x: from.x + side * Math.sign(to.x - from.x || 1), y: from.y + side * Math.sign(to.y - from.y || 1) };
}
