import type { Rect } from '../../canvas/geometry';
import type { CanvasBody } from '../../client';
import { bytesOf, type Color, colorOfBytes } from '../colors';
import type { Bytes, Write } from '../outbox/entry';
import { type Runs, runsOf } from '../raster/runs';
import type { Shown } from './shown';

type Layout = Pick<CanvasBody, 'width' | 'mode'>;

/** Cells of one colour as rows of `application/octet-stream`: a little-endian u32 and the bytes of the colour each. */
export function rowsOf({ mode }: Layout, cells: readonly number[], color: Color): Bytes {
	const channels = bytesOf(mode, color);
	const size = 4 + channels.length;
	const rows = new Uint8Array(cells.length * size);
	const view = new DataView(rows.buffer);
	cells.forEach((cell, index) => {
		view.setUint32(index * size, cell, true);
		rows.set(channels, index * size + 4);
	});
	return rows;
}

/** How rows look that {@link rowsOf} made. */
export function shownRows({ width, mode }: Layout, rows: Bytes): Shown {
	const size = mode === 'rgba' ? 8 : 7;
	const view = new DataView(rows.buffer, rows.byteOffset, rows.byteLength);
	const cells = Array.from({ length: rows.length / size }, (_, index) => view.getUint32(index * size, true));
	return { kind: 'cells', color: colorOfBytes(rows.subarray(4, size)), runs: runsOf(cells, width) };
}

export function shownRect({ width }: Layout, { x, y, w, h }: Rect, color: Color): Shown {
	const runs: Runs = new Uint32Array(2 * h);
	for (let row = 0; row < h; row += 1) runs.set([(y + row) * width + x, w], 2 * row);
	return { kind: 'cells', color, runs };
}

/** How a write looks once it is done; nothing where that is the server's to say. */
export async function shownWrite(layout: Layout, write: Write): Promise<Shown | null> {
	if (write.kind === 'pixels') return shownRows(layout, write.rows);
	if (write.kind === 'undo') return null;
	const image = await createImageBitmap(new Blob([write.picture], { type: write.type }));
	return { kind: 'picture', image, region: write.region };
}
