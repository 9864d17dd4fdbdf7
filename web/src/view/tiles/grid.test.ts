import { expect, test } from 'vitest';
import { ancestorOf, keyOf, TileGrid, tilesOf } from './grid';

test.each([
	[1, 1, 0],
	[256, 256, 0],
	[257, 1, 1],
	[1024, 512, 2],
	[4072, 4072, 4],
	[16_384, 4096, 6],
])('%d×%d has zooms up to %d', (width, height, maxZ) => {
	expect(new TileGrid({ width, height }).maxZ).toBe(maxZ);
});

test('samples are about device pixels: never much larger, as long as there are finer ones', () => {
	const grid = new TileGrid({ width: 4072, height: 4072 });
	for (let scale = 0.05; scale < 4; scale *= 1.07) {
		const size = scale * grid.step(grid.zoomFor(scale));
		if (grid.zoomFor(scale) > 0 && grid.zoomFor(scale) < grid.maxZ) expect(size).toBeGreaterThan(0.6);
		if (grid.zoomFor(scale) < grid.maxZ) expect(size).toBeLessThanOrEqual(1.2);
	}
	expect(grid.zoomFor(1)).toBe(4);
	expect(grid.zoomFor(128)).toBe(4);
	expect(grid.zoomFor(0.0001)).toBe(0);
});

test('only tiles with a cell in sight are taken, and one more on each side around', () => {
	const grid = new TileGrid({ width: 4072, height: 600 });
	const range = grid.rangeOf(4, { x: 256, y: 255, w: 257, h: 2 });
	expect([...tilesOf(range)]).toEqual([
		{ z: 4, x: 1, y: 0 },
		{ z: 4, x: 2, y: 0 },
		{ z: 4, x: 1, y: 1 },
		{ z: 4, x: 2, y: 1 },
	]);
	expect(grid.around(range)).toEqual({ z: 4, x0: 0, y0: 0, x1: 4, y1: 3 });
	expect([...tilesOf(grid.rangeOf(4, { x: 0, y: 0, w: 0, h: 0 }))]).toEqual([]);
});

test('tiles at the edges are cropped', () => {
	const grid = new TileGrid({ width: 4072, height: 600 });
	expect(grid.cellsOf({ z: 4, x: 15, y: 2 })).toEqual({ x: 3840, y: 512, w: 232, h: 88 });
	expect(grid.cellsOf({ z: 2, x: 3, y: 0 })).toEqual({ x: 3072, y: 0, w: 1000, h: 600 });
});

test('a tile lies within its ancestors, and has a key of its own', () => {
	expect(ancestorOf({ z: 4, x: 13, y: 6 }, 2)).toEqual({ z: 2, x: 3, y: 1 });
	const keys = new Set<number>();
	for (let z = 0; z <= 6; z += 1) for (const id of tilesOf({ z, x0: 0, y0: 0, x1: 64, y1: 64 })) keys.add(keyOf(id));
	expect(keys.size).toBe(7 * 64 * 64);
});
