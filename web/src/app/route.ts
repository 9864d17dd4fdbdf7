import type { Camera } from '../canvas/geometry';

export { canvasPath } from '../canvas/path';

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

function parseCamera(text: string): Camera | null {
	const [x, y, zoom, ...more] = text.split(',').map(Number);
	if (x === undefined || y === undefined || zoom === undefined || more.length > 0) return null;
	return [x, y, zoom].every(Number.isFinite) && zoom > 0 ? { x, y, zoom } : null;
}
