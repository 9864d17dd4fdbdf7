import { expect, test } from 'vitest';
import { type Blocks, flood, TooLarge } from './flood';

const NEW = 0;

/** Blocks of 4 cells a side of a picture that is given as text; says which were loaded. */
function blocksOf(lines: string[]) {
	const loaded: string[] = [];
	const canvas = { width: lines[0]?.length ?? 0, height: lines.length };
	const side = 4;
	const blocks: Blocks = {
		side,
		async load(column, row) {
			loaded.push(`${column},${row}`);
			const [x, y] = [column * side, row * side];
			const rect = { x, y, w: Math.min(side, canvas.width - x), h: Math.min(side, canvas.height - y) };
			const part = lines.slice(y, y + rect.h).map((line) => line.slice(x, x + rect.w));
			return { rect, colors: Uint32Array.from(part.join(''), (letter) => letter.charCodeAt(0)) };
		},
	};
	return { blocks, canvas, loaded };
}

test('floods what is joined across blocks, and loads no more', async () => {
	const { blocks, canvas, loaded } = blocksOf([
		'..#.......', //
		'..########',
		'.........#',
		'########.#',
		'.......#..',
	]);
	const cells = await flood({ x: 0, y: 0 }, canvas, blocks, NEW, 100);
	expect(cells.toSorted((a, b) => a - b)).toEqual([0, 1, 10, 11, 20, 21, 22, 23, 24, 25, 26, 27, 28, 38, 48, 49]);
	expect(loaded.toSorted()).toEqual(['0,0', '1,0', '1,1', '2,0', '2,1']);
});

test('does not go round the edges of the canvas', async () => {
	const { blocks, canvas } = blocksOf(['.#.', '##.', '...']);
	expect(await flood({ x: 0, y: 0 }, canvas, blocks, NEW, 100)).toEqual([0]);
});

test('refuses more than its limit', async () => {
	const { blocks, canvas } = blocksOf(['.....', '.....']);
	await expect(flood({ x: 1, y: 1 }, canvas, blocks, NEW, 9)).rejects.toThrow(TooLarge);
	expect(await flood({ x: 1, y: 1 }, canvas, blocks, NEW, 10)).toHaveLength(10);
});

test('fills nothing that has the colour', async () => {
	const { blocks, canvas } = blocksOf(['.....']);
	expect(await flood({ x: 1, y: 0 }, canvas, blocks, '.'.charCodeAt(0), 9)).toEqual([]);
});
