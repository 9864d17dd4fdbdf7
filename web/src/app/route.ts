import type { Camera } from '../view/camera';

/** A place in the app, as it stands after the `#`. */
export type Route =
	| { page: 'canvases' }
	| { page: 'runs'; run: number | null }
	| { page: 'canvas'; name: string; version: string | null; camera: Camera | null }
	| { page: 'unknown' };

const NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** Reads `/`, `/runs`, `/runs/7`, `/c/name`, `/c/name@version/x,y,zoom`; a version may be a tag. */
export function parseRoute(path: string): Route {
	const [first = '', second = '', third = ''] = path.replace(/^\//, '').split('/').map(decodeURIComponent);
	if (first === '') return { page: 'canvases' };
	if (first === 'runs') {
		if (second === '') return { page: 'runs', run: null };
		return /^\d+$/.test(second) ? { page: 'runs', run: Number(second) } : { page: 'unknown' };
	}
	if (first !== 'c') return { page: 'unknown' };
	const [name = '', version = null] = second.split('@');
	if (!NAME.test(name)) return { page: 'unknown' };
	return { page: 'canvas', name, version: version || null, camera: parseCamera(third) };
}

/** The path of a canvas, of a moment of it, and of a place there. */
export function canvasPath(name: string, version?: number | string | null, camera?: Camera | null): string {
	const moment = version === null || version === undefined ? '' : `@${encodeURIComponent(version)}`;
	const place = camera ? `/${round(camera.x)},${round(camera.y)},${round(camera.zoom)}` : '';
	return `/c/${name}${moment}${place}`;
}

function parseCamera(text: string): Camera | null {
	const [x, y, zoom, ...more] = text.split(',').map(Number);
	if (x === undefined || y === undefined || zoom === undefined || more.length > 0) return null;
	return [x, y, zoom].every(Number.isFinite) && zoom > 0 ? { x, y, zoom } : null;
}

/** Three decimals place a view of 4,000 pixels to the pixel. */
function round(value: number): number {
	return Math.round(value * 1000) / 1000;
}
