import type { Pixlog } from './client';
import type { CanvasBody, PixelsBody } from './schema';

/** `[x, y, "#rrggbb"]`; `#rrggbbaa` on a canvas with transparency. */
export type Pixel = PixelsBody['pixels'][number];

/** What of a canvas says how its rows look. */
export type RowLayout = Pick<CanvasBody, 'width' | 'mode'>;

/** Pixels as rows of `application/octet-stream`: a little-endian u32 cell, y · width + x, and 3 or 4 bytes of colour. */
export function encodeRows(pixels: readonly Pixel[], { width, mode }: RowLayout): Uint8Array<ArrayBuffer> {
	const channels = channelsOf(mode);
	const rows = new DataView(new ArrayBuffer(pixels.length * (4 + channels)));
	pixels.forEach(([x, y, color], index) => {
		const at = index * (4 + channels);
		if (x < 0 || x >= width) throw new RangeError(`Pixel ${index} is not on the canvas`);
		rows.setUint32(at, y * width + x, true);
		colorBytes(color, channels).forEach((byte, channel) => {
			rows.setUint8(at + 4 + channel, byte);
		});
	});
	return new Uint8Array(rows.buffer);
}

/** Rows that were decoded, side by side. */
export interface Rows {
	/** y · width + x of each. */
	cells: Uint32Array;
	/** Red, green, blue and alpha of each, as in `ImageData`. */
	colors: Uint8ClampedArray<ArrayBuffer>;
}

export function decodeRows(bytes: ArrayBuffer, mode: CanvasBody['mode']): Rows {
	const channels = channelsOf(mode);
	const length = bytes.byteLength / (4 + channels);
	if (!Number.isInteger(length)) throw new RangeError(`${bytes.byteLength} bytes are no whole rows`);
	const view = new DataView(bytes);
	const cells = new Uint32Array(length);
	const colors = new Uint8ClampedArray(length * 4).fill(255);
	for (let row = 0, at = 0; row < length; row += 1) {
		cells[row] = view.getUint32(at, true);
		at += 4;
		for (let channel = 0; channel < channels; channel += 1, at += 1) colors[row * 4 + channel] = view.getUint8(at);
	}
	return { cells, colors };
}

export interface LogPage extends Rows {
	/** The version that the rows reach: the next page is that after it. */
	version: number;
	/** The version of the state that comes next, where one does: its region is to be read again. */
	state: number | null;
}

/** A page of the log of a canvas after a version. One without rows and without a state is at the head. */
export async function readLog(
	pixlog: Pixlog,
	canvas: Pick<CanvasBody, 'name' | 'mode'>,
	after: number,
	options: { limit?: number; signal?: AbortSignal } = {},
): Promise<LogPage> {
	const { limit, ...init } = options;
	const query = new URLSearchParams({ after: String(after), ...(limit ? { limit: String(limit) } : {}) });
	const response = await pixlog.request(`/api/v1/canvases/${canvas.name}/log.bin?${query}`, init);
	const state = response.headers.get('X-Pixlog-State');
	return {
		...decodeRows(await response.arrayBuffer(), canvas.mode),
		version: Number(response.headers.get('X-Pixlog-Version') ?? after),
		state: state === null ? null : Number(state),
	};
}

function channelsOf(mode: CanvasBody['mode']): 3 | 4 {
	return mode === 'rgba' ? 4 : 3;
}

function colorBytes(color: string, channels: number): number[] {
	if (!/^#([0-9a-f]{6}|[0-9a-f]{8})$/i.test(color)) throw new RangeError(`${color} is no colour`);
	const bytes = [1, 3, 5, 7].map((at) => Number.parseInt(color.slice(at, at + 2) || 'ff', 16));
	if (channels === 3 && bytes[3] !== 255) throw new RangeError(`${color} is transparent, and the canvas is not`);
	return bytes.slice(0, channels);
}
