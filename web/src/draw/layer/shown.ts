import type { Rect, Size } from '../../canvas/geometry';
import type { Transform } from '../../view/view';
import { alphaOf, type Color } from '../colors';
import type { Runs } from '../raster/runs';

/** Something that is painted over the canvas until the canvas itself has it. */
export type Shown = { kind: 'cells'; color: Color; runs: Runs } | { kind: 'picture'; image: ImageBitmap; region: Rect };

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** A rectangle of cells in device pixels; at least one, so that nothing is lost from sight far away. */
export function placed({ left, top, scale }: Transform, { x, y, w, h }: Rect): Rect {
	const [x0, y0] = [Math.round(left + x * scale), Math.round(top + y * scale)];
	const [x1, y1] = [Math.round(left + (x + w) * scale), Math.round(top + (y + h) * scale)];
	return { x: x0, y: y0, w: Math.max(1, x1 - x0), h: Math.max(1, y1 - y0) };
}

/** `ground` is what is seen through colours that are not opaque: the picture below does not count any more. */
export function paintShown(
	context: Context,
	transform: Transform,
	canvas: Size,
	shown: Shown,
	ground: CanvasPattern,
): void {
	if (shown.kind === 'picture') {
		const { x, y, w, h } = placed(transform, shown.region);
		context.imageSmoothingEnabled = false;
		context.fillStyle = ground;
		context.fillRect(x, y, w, h);
		context.drawImage(shown.image, x, y, w, h);
		return;
	}
	if (alphaOf(shown.color) < 255) paintRuns(context, transform, canvas, shown.runs, ground);
	paintRuns(context, transform, canvas, shown.runs, shown.color);
}

function paintRuns(
	context: Context,
	transform: Transform,
	{ width }: Size,
	runs: Runs,
	fill: string | CanvasPattern,
): void {
	const { scale, top, view } = transform;
	const firstRow = Math.max(0, Math.floor(-top / scale));
	const lastRow = Math.ceil((view.height - top) / scale);
	context.fillStyle = fill;
	for (let at = firstRunFrom(runs, firstRow * width); at < runs.length; at += 2) {
		const cell = runs[at] ?? 0;
		const y = Math.floor(cell / width);
		if (y > lastRow) return;
		const place = placed(transform, { x: cell - y * width, y, w: runs[at + 1] ?? 0, h: 1 });
		context.fillRect(place.x, place.y, place.w, place.h);
	}
}

/** Where the runs begin that start at a cell or after it. */
function firstRunFrom(runs: Runs, cell: number): number {
	let [low, high] = [0, runs.length / 2];
	while (low < high) {
		const middle = (low + high) >>> 1;
		if ((runs[2 * middle] ?? 0) < cell) low = middle + 1;
		else high = middle;
	}
	return 2 * low;
}

/** Whether a cell is among them. */
export function covers(runs: Runs, cell: number): boolean {
	const at = firstRunFrom(runs, cell + 1) - 2;
	return at >= 0 && cell < (runs[at] ?? 0) + (runs[at + 1] ?? 0);
}
