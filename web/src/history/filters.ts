import type { Camera, Rect, Size } from '../canvas/geometry';
import { absoluteTime } from '../ui/Time';
import { fromLocalInput } from '../ui/words';

/** Which entries of a history are wanted. Times are as `<input type="datetime-local">` writes them. */
export interface Filters {
	author: string;
	kind: '' | 'pixel' | 'state';
	region: Rect | null;
	since: string;
	until: string;
}

export const NO_FILTERS: Filters = { author: '', kind: '', region: null, since: '', until: '' };

export interface HistoryQuery {
	author?: string;
	kind?: string;
	region?: string;
	since?: string;
	until?: string;
}

/** As the server takes them. */
export function queryOf({ author, kind, region, since, until }: Filters): HistoryQuery {
	const [from, to] = [fromLocalInput(since), fromLocalInput(until)];
	return {
		...(author.trim() ? { author: author.trim() } : {}),
		...(kind ? { kind } : {}),
		...(region ? { region: `${region.x},${region.y},${region.w},${region.h}` } : {}),
		...(from ? { since: from } : {}),
		...(to ? { until: to } : {}),
	};
}

export interface Chip {
	key: keyof Filters;
	label: string;
}

/** What is filtered by, in words. */
export function chipsOf(filters: Filters): Chip[] {
	const { author, kind, region, since, until } = queryOf(filters);
	const chips: (Chip | null)[] = [
		author ? { key: 'author', label: `by ${author}` } : null,
		kind ? { key: 'kind', label: kind === 'pixel' ? 'only pixels' : 'only states' } : null,
		region && filters.region ? { key: 'region', label: areaInWords(filters.region) } : null,
		since ? { key: 'since', label: `since ${absoluteTime(since)}` } : null,
		until ? { key: 'until', label: `until ${absoluteTime(until)}` } : null,
	];
	return chips.filter((chip) => chip !== null);
}

/** Without one of them. */
export function without(filters: Filters, key: keyof Filters): Filters {
	return { ...filters, [key]: NO_FILTERS[key] };
}

export function areaInWords({ x, y, w, h }: Rect): string {
	return w === 1 && h === 1 ? `cell ${x}, ${y}` : `${w} × ${h} at ${x}, ${y}`;
}

/** The cells that are seen; `null` where the canvas lies outside of the view. */
export function visibleArea(camera: Camera, view: Size, canvas: Size): Rect | null {
	const [halfWidth, halfHeight] = [view.width / camera.zoom / 2, view.height / camera.zoom / 2];
	const left = Math.max(0, Math.floor(camera.x - halfWidth));
	const top = Math.max(0, Math.floor(camera.y - halfHeight));
	const right = Math.min(canvas.width, Math.ceil(camera.x + halfWidth));
	const bottom = Math.min(canvas.height, Math.ceil(camera.y + halfHeight));
	return right > left && bottom > top ? { x: left, y: top, w: right - left, h: bottom - top } : null;
}

/** Reads `x,y` or `x,y,w,h` with any separators; `null` where it is no area of the canvas. */
export function parseArea(text: string, canvas: Size): Rect | null {
	const numbers = text
		.split(/[^\d]+/)
		.filter(Boolean)
		.map(Number);
	const [x, y, w = 1, h = 1, ...more] = numbers;
	if (x === undefined || y === undefined || more.length > 0) return null;
	const isInside = w > 0 && h > 0 && x + w <= canvas.width && y + h <= canvas.height;
	return isInside ? { x, y, w, h } : null;
}
