import type { Point, Rect, Size } from '../../canvas/geometry';

/** Colours of a part of the canvas, row by row, one number a cell. */
export interface Block {
	rect: Rect;
	colors: Uint32Array;
}

/** Where a flood finds colours: the block that a cell lies in. Blocks lie in a grid of their side. */
export interface Blocks {
	readonly side: number;
	load(column: number, row: number): Promise<Block>;
}

export class TooLarge extends Error {}

interface Wet extends Block {
	done: Uint8Array;
}

/**
 * The cells that are joined with one by cells of its colour (four neighbours each), as y · width + x. Blocks are loaded
 * as the flood reaches them, so what it costs is bounded by how far it comes. Over `limit` cells: {@link TooLarge}. None
 * where they have the new colour already.
 */
export async function flood(
	start: Point,
	canvas: Size,
	blocks: Blocks,
	newColor: number,
	limit: number,
): Promise<number[]> {
	const { side } = blocks;
	const wet = new Map<string, Wet>();
	const cells: number[] = [];
	/** Cells that wait, by the block they lie in. */
	const waiting = new Map<string, number[]>([[keyOf(start, side), [start.y * canvas.width + start.x]]]);
	const first = await blockAt(start);
	const color = first.colors[(start.y - first.rect.y) * first.rect.w + start.x - first.rect.x];
	if (color === newColor) return [];

	async function blockAt(cell: Point): Promise<Wet> {
		const key = keyOf(cell, side);
		const known = wet.get(key);
		if (known) return known;
		const block = await blocks.load(Math.floor(cell.x / side), Math.floor(cell.y / side));
		const added = { ...block, done: new Uint8Array(block.colors.length) };
		wet.set(key, added);
		return added;
	}

	/** Floods one block from the cells that wait there; those beyond its edges wait for theirs. */
	function spread({ rect, colors, done }: Wet, stack: number[]): void {
		for (let cell = stack.pop(); cell !== undefined; cell = stack.pop()) {
			const x = cell % canvas.width;
			const y = (cell - x) / canvas.width;
			const isInside = x >= rect.x && y >= rect.y && x < rect.x + rect.w && y < rect.y + rect.h;
			if (!isInside) {
				const key = keyOf({ x, y }, side);
				const list = waiting.get(key);
				if (list) list.push(cell);
				else waiting.set(key, [cell]);
				continue;
			}
			const at = (y - rect.y) * rect.w + x - rect.x;
			if (done[at] || colors[at] !== color) continue;
			done[at] = 1;
			cells.push(cell);
			if (cells.length > limit) throw new TooLarge();
			if (x > 0) stack.push(cell - 1);
			if (x + 1 < canvas.width) stack.push(cell + 1);
			if (y > 0) stack.push(cell - canvas.width);
			if (y + 1 < canvas.height) stack.push(cell + canvas.width);
		}
	}

	for (let next = waiting.entries().next(); !next.done; next = waiting.entries().next()) {
		const [key, stack] = next.value;
		waiting.delete(key);
		const some = stack[0] ?? 0;
		const x = some % canvas.width;
		spread(await blockAt({ x, y: (some - x) / canvas.width }), stack);
	}
	return cells;
}

function keyOf(cell: Point, side: number): string {
	return `${Math.floor(cell.x / side)},${Math.floor(cell.y / side)}`;
}
