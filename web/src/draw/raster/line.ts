import type { Point } from '../../canvas/geometry';

/** The cells of a straight line, both ends with it (Bresenham 1965, for all octants). */
export function* lineCells(from: Point, to: Point): Generator<Point> {
	const dx = Math.abs(to.x - from.x);
	const dy = -Math.abs(to.y - from.y);
	const stepX = from.x < to.x ? 1 : -1;
	const stepY = from.y < to.y ? 1 : -1;
	let { x, y } = from;
	for (let error = dx + dy; ; ) {
		yield { x, y };
		if (x === to.x && y === to.y) return;
		const doubled = 2 * error;
		if (doubled >= dy) {
			error += dy;
			x += stepX;
		}
		if (doubled <= dx) {
			error += dx;
			y += stepY;
		}
	}
}
