import type { Point } from '../canvas/geometry';
import type { CanvasBody, Pixlog } from '../client';
import { bytesOf, type Color } from './colors';
import type { Shown } from './layer/shown';
import { type Block, flood, TooLarge } from './raster/flood';

/** So many cells are filled at most: 16 calls, and as many entries in the history. */
export const FILL_MAX = 2 ** 20;
/** So much of the picture is read at most, in squares of 256: a maze may be long. */
const BLOCKS_MAX = 100;
const SIDE = 256;

/** The cells that a fill at a place covers, by the picture at a version and what was drawn since. */
export async function cellsToFill(
	pixlog: Pixlog,
	canvas: CanvasBody,
	version: number,
	drawn: Shown[],
	start: Point,
	color: Color,
): Promise<number[]> {
	let loaded = 0;
	const load = async (column: number, row: number) => {
		loaded += 1;
		if (loaded > BLOCKS_MAX) throw new TooLarge();
		const block = await loadBlock(pixlog, canvas, version, { x: column * SIDE, y: row * SIDE });
		for (const shown of drawn) paintOver(block, canvas, shown);
		return block;
	};
	try {
		return await flood(start, canvas, { side: SIDE, load }, numberOf(canvas.mode, color), FILL_MAX);
	} catch (error) {
		if (!(error instanceof TooLarge)) throw error;
		const most = FILL_MAX.toLocaleString('en');
		throw new Error(`This area is too large to fill: more than ${most} cells. A filled rectangle may be larger.`);
	}
}

async function loadBlock(pixlog: Pixlog, canvas: CanvasBody, version: number, { x, y }: Point): Promise<Block> {
	const rect = { x, y, w: Math.min(SIDE, canvas.width - x), h: Math.min(SIDE, canvas.height - y) };
	const region = `${rect.x},${rect.y},${rect.w},${rect.h}`;
	const path = `/api/v1/canvases/${canvas.name}/image.raw?version=${version}&region=${region}`;
	const bytes = new Uint8Array(await (await pixlog.request(path)).arrayBuffer());
	const channels = canvas.mode === 'rgba' ? 4 : 3;
	const colors = new Uint32Array(rect.w * rect.h);
	for (let at = 0; at < colors.length; at += 1) {
		let color = 0;
		for (let channel = 0; channel < channels; channel += 1) {
			color = color * 256 + (bytes[at * channels + channel] ?? 0);
		}
		colors[at] = color;
	}
	return { rect, colors };
}

function paintOver({ rect, colors }: Block, { mode, width }: CanvasBody, shown: Shown): void {
	if (shown.kind === 'picture') return;
	const color = numberOf(mode, shown.color);
	for (let run = 0; run < shown.runs.length; run += 2) {
		const first = shown.runs[run] ?? 0;
		const y = Math.floor(first / width) - rect.y;
		if (y < 0 || y >= rect.h) continue;
		const x = (first % width) - rect.x;
		const from = Math.max(x, 0);
		const to = Math.min(x + (shown.runs[run + 1] ?? 0), rect.w);
		if (from < to) colors.fill(color, y * rect.w + from, y * rect.w + to);
	}
}

function numberOf(mode: CanvasBody['mode'], color: Color): number {
	return bytesOf(mode, color).reduce((number, byte) => number * 256 + byte, 0);
}
