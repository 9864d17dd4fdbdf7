import type { Point, Rect, Size } from '../../canvas/geometry';
import { lineCells } from './line';
import { brushRect, clipRect } from './shape';

/** The cells of one stroke, as y · width + x: on the canvas, in the order they were painted, each once. */
export class StrokeCells {
	readonly cells: number[] = [];
	/** One bit a cell. */
	#painted: Uint8Array;

	constructor(readonly canvas: Size) {
		this.#painted = new Uint8Array(Math.ceil((canvas.width * canvas.height) / 8));
	}

	addRect(rect: Rect): void {
		const clipped = clipRect(rect, this.canvas);
		if (!clipped) return;
		for (let y = clipped.y; y < clipped.y + clipped.h; y += 1) {
			const row = y * this.canvas.width;
			for (let x = clipped.x; x < clipped.x + clipped.w; x += 1) this.#add(row + x);
		}
	}

	addBrush(cell: Point, size: number): void {
		this.addRect(brushRect(cell, size));
	}

	addLine(from: Point, to: Point, size: number): void {
		for (const cell of lineCells(from, to)) this.addBrush(cell, size);
	}

	/** The edges of a rectangle, as thick as the brush. */
	addOutline({ x, y, w, h }: Rect, size: number): void {
		const [right, bottom] = [x + w - 1, y + h - 1];
		const corners: [Point, Point, Point, Point] = [
			{ x, y },
			{ x: right, y },
			{ x: right, y: bottom },
			{ x, y: bottom },
		];
		this.addLine(corners[0], corners[1], size);
		this.addLine(corners[1], corners[2], size);
		this.addLine(corners[2], corners[3], size);
		this.addLine(corners[3], corners[0], size);
	}

	#add(cell: number): void {
		const at = cell >>> 3;
		const bit = 1 << (cell & 7);
		const byte = this.#painted[at] ?? 0;
		if (byte & bit) return;
		this.#painted[at] = byte | bit;
		this.cells.push(cell);
	}
}
