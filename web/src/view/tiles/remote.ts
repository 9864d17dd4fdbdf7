import type { CanvasBody, Pixlog } from '../../client';
import type { TileGrid } from './grid';
import { decodeExactly, decodeSheet, decodeTile } from './image';
import type { FetchTile } from './loader';
import type { FetchSheet } from './sheet';

/** Reads tiles from the server. Named by a version, they stay in the browser's cache for ever. */
export function tilesFrom(pixlog: Pixlog, { name, mode }: CanvasBody): (grid: TileGrid) => FetchTile {
	const base = `/api/v1/canvases/${name}`;
	const read = async (path: string, signal: AbortSignal) => (await pixlog.request(path, { signal })).blob();
	const fetchSheet: FetchSheet = async ({ region, step, version }, signal) => {
		const { x, y, w, h } = region;
		const scaled = step === 1 ? '' : `&fit=${Math.max(w, h) / step}`;
		return decodeSheet(await read(`${base}/image.png?region=${x},${y},${w},${h}${scaled}&version=${version}`, signal));
	};
	return (grid) => async (request, signal) => {
		const { z, x, y, version, sheet } = request;
		if (sheet) return sheet.tile(grid.cellsOf(request), fetchSheet, signal);
		const png = await read(`${base}/tiles/${z}/${x}/${y}.png?version=${version}`, signal);
		// Colours are told at full size only.
		return mode === 'rgba' && z === grid.maxZ ? decodeExactly(png) : decodeTile(png);
	};
}
