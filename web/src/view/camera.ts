import type { Camera, Point, Rect, Size } from '../canvas/geometry';

/** CSS pixels a cell, at most. */
export const ZOOM_MAX = 128;

/** From which zoom on the cells are told apart by lines. */
export const GRID_ZOOM = 8;

/** CSS pixels that are left free around what is fitted. */
const FIT_MARGIN = 16;

/** The least zoom: half of what fits, so that the whole can be seen as a thing on a table. */
export function zoomMin(canvas: Size, view: Size): number {
	return Math.min(1, fitZoom(canvas, view)) / 2;
}

/** The zoom that is allowed and nearest, and a middle that lies on the canvas: it cannot be lost from sight. */
export function clampCamera(camera: Camera, canvas: Size, view: Size): Camera {
	return {
		x: clamp(camera.x, 0, canvas.width),
		y: clamp(camera.y, 0, canvas.height),
		zoom: clamp(camera.zoom, zoomMin(canvas, view), ZOOM_MAX),
	};
}

/** The camera that shows a region as large as it fits. Where cells are seen, they are whole device pixels. */
export function fitCamera(region: Rect, view: Size, ratio: number): Camera {
	const zoom = Math.min(fitZoom({ width: region.w, height: region.h }, view), ZOOM_MAX);
	const whole = Math.floor(zoom * ratio) / ratio;
	return { x: region.x + region.w / 2, y: region.y + region.h / 2, zoom: zoom * ratio >= 2 ? whole : zoom };
}

/** Zoomed so that what lies at `about`, CSS pixels from the view's corner, stays there. */
export function zoomAbout(camera: Camera, zoom: number, about: Point, view: Size): Camera {
	const [dx, dy] = [about.x - view.width / 2, about.y - view.height / 2];
	const shift = 1 / camera.zoom - 1 / zoom;
	return { x: camera.x + dx * shift, y: camera.y + dy * shift, zoom };
}

/** Moved so that the picture goes by so many CSS pixels. */
export function panned(camera: Camera, dx: number, dy: number): Camera {
	return { ...camera, x: camera.x - dx / camera.zoom, y: camera.y - dy / camera.zoom };
}

/** On the way from one camera to another; the zoom changes by equal factors in equal times. */
export function between(from: Camera, to: Camera, part: number): Camera {
	const zoom = from.zoom * (to.zoom / from.zoom) ** part;
	// Where the zoom changes, the place moves with it, so that the way looks straight.
	const moved = from.zoom === to.zoom ? part : (1 / from.zoom - 1 / zoom) / (1 / from.zoom - 1 / to.zoom);
	return { x: from.x + (to.x - from.x) * moved, y: from.y + (to.y - from.y) * moved, zoom };
}

export function clamp(value: number, min: number, max: number): number {
	return Math.min(Math.max(value, min), max);
}

function fitZoom(canvas: Size, view: Size): number {
	const width = Math.max(view.width - 2 * FIT_MARGIN, 1);
	const height = Math.max(view.height - 2 * FIT_MARGIN, 1);
	return Math.min(width / canvas.width, height / canvas.height);
}
