import type { Rect } from '../canvas/geometry';
import type { CanvasBody } from '../client';
import type { Color } from './colors';
import { rowsOf, shownRect } from './layer/entries';
import type { Looks } from './layer/follow';
import type { Write } from './outbox/entry';
import { solidPng } from './raster/solid';
import { StrokeCells } from './raster/stroke';
import type { Area } from './tools/host';

/** What the server takes in one call. */
export const BATCH_MAX = 65_536;

/** The writes that paint an area: pixels in batches; a large rectangle as one picture. */
export async function writesOf(canvas: CanvasBody, area: Area, color: Color, looks: Looks): Promise<Write[]> {
	if ('cells' in area) return pixelWrites(canvas, area.cells, color);
	if (area.rect.w * area.rect.h > BATCH_MAX) return [await rectWrite(canvas, area.rect, color, looks)];
	const stroke = new StrokeCells(canvas);
	stroke.addRect(area.rect);
	return pixelWrites(canvas, stroke.cells, color);
}

function pixelWrites(canvas: CanvasBody, cells: number[], color: Color): Write[] {
	const size = canvas.cooldown_ms > 0 ? 1 : BATCH_MAX;
	return Array.from({ length: Math.ceil(cells.length / size) }, (_, batch) => {
		const some = cells.slice(batch * size, (batch + 1) * size);
		return { kind: 'pixels', rows: rowsOf(canvas, some, color), count: some.length };
	});
}

async function rectWrite(canvas: CanvasBody, region: Rect, color: Color, looks: Looks): Promise<Write> {
	const picture = await solidPng({ width: region.w, height: region.h }, color);
	const write: Write = { kind: 'picture', picture, type: 'image/png', region, flatten: null };
	looks.set(write, shownRect(canvas, region, color));
	return write;
}
