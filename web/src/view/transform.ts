import type { Camera, Point, Rect, Size } from '../canvas/geometry';
import type { Transform } from './view';

/**
 * How a camera lays the canvas into a view of so many device pixels. The corner is rounded, so that at whole scales each
 * cell has the same pixels, and cells keep their shape while the picture is moved.
 */
export function transformOf(camera: Camera, view: Size, ratio: number): Transform {
	const scale = camera.zoom * ratio;
	return {
		scale,
		left: Math.round(view.width / 2 - camera.x * scale),
		top: Math.round(view.height / 2 - camera.y * scale),
		ratio,
		view,
	};
}

/** The cell at a place in device pixels from the view's corner. */
export function cellAt({ scale, left, top }: Transform, x: number, y: number): Point {
	return { x: Math.floor((x - left) / scale), y: Math.floor((y - top) / scale) };
}

/** The cells of a canvas that are in sight, at least in part; without any, `w` or `h` is 0. */
export function cellsInSight(transform: Transform, canvas: Size): Rect {
	const { view } = transform;
	const first = cellAt(transform, 0, 0);
	const last = cellAt(transform, view.width - 1, view.height - 1);
	const [x, y] = [Math.max(first.x, 0), Math.max(first.y, 0)];
	const w = Math.min(last.x + 1, canvas.width) - x;
	const h = Math.min(last.y + 1, canvas.height) - y;
	return { x, y, w: Math.max(w, 0), h: Math.max(h, 0) };
}

/** Where a rectangle of cells lies, in whole device pixels; neighbours touch and do not overlap. */
export function placeOf({ scale, left, top }: Transform, { x, y, w, h }: Rect): Rect {
	const [x0, y0] = [Math.round(left + x * scale), Math.round(top + y * scale)];
	return { x: x0, y: y0, w: Math.round(left + (x + w) * scale) - x0, h: Math.round(top + (y + h) * scale) - y0 };
}
