import { expect, test } from 'vitest';
import type { Point } from '../../canvas/geometry';
import { lineCells } from './line';
import { runsOf } from './runs';
import { brushRect, clipRect, rectOf, squared, straightened } from './shape';
import { StrokeCells } from './stroke';

const text = (cells: Iterable<Point>) => [...cells].map(({ x, y }) => `${x},${y}`).join(' ');

/** The cells as a picture, a row a line. */
function shown(stroke: StrokeCells): string[] {
	const { width, height } = stroke.canvas;
	return Array.from({ length: height }, (_, y) =>
		Array.from({ length: width }, (_, x) => (stroke.cells.includes(y * width + x) ? '#' : '.')).join(''),
	);
}

test.each([
	[{ x: 0, y: 0 }, { x: 0, y: 0 }, '0,0'],
	[{ x: 0, y: 0 }, { x: 3, y: 0 }, '0,0 1,0 2,0 3,0'],
	[{ x: 2, y: 3 }, { x: 2, y: 1 }, '2,3 2,2 2,1'],
	[{ x: 0, y: 0 }, { x: 4, y: 2 }, '0,0 1,1 2,1 3,2 4,2'],
	[{ x: 1, y: 1 }, { x: -1, y: -1 }, '1,1 0,0 -1,-1'],
])('a line from %o to %o', (from, to, cells) => {
	expect(text(lineCells(from, to))).toBe(cells);
});

test('a line has no gap and ends where it should, in all directions', () => {
	for (let x = -5; x <= 5; x += 1) {
		for (let y = -5; y <= 5; y += 1) {
			const cells = [...lineCells({ x: 0, y: 0 }, { x, y })];
			expect(cells.length).toBe(Math.max(Math.abs(x), Math.abs(y)) + 1);
			expect(cells.at(-1)).toEqual({ x, y });
			for (const [at, cell] of cells.slice(1).entries()) {
				const before = cells[at] ?? cell;
				expect(Math.max(Math.abs(cell.x - before.x), Math.abs(cell.y - before.y))).toBe(1);
			}
		}
	}
});

test('a brush is a square about its cell, and is clipped to the canvas', () => {
	expect(brushRect({ x: 5, y: 5 }, 1)).toEqual({ x: 5, y: 5, w: 1, h: 1 });
	expect(brushRect({ x: 5, y: 5 }, 2)).toEqual({ x: 5, y: 5, w: 2, h: 2 });
	expect(brushRect({ x: 5, y: 5 }, 3)).toEqual({ x: 4, y: 4, w: 3, h: 3 });
	const stroke = new StrokeCells({ width: 4, height: 3 });
	stroke.addBrush({ x: 0, y: 0 }, 3);
	stroke.addBrush({ x: 9, y: 9 }, 3);
	expect(shown(stroke)).toEqual(['##..', '##..', '....']);
});

test('a stroke has each cell once, in the order painted', () => {
	const stroke = new StrokeCells({ width: 5, height: 2 });
	stroke.addLine({ x: 0, y: 0 }, { x: 4, y: 0 }, 1);
	stroke.addLine({ x: 4, y: 0 }, { x: 2, y: 1 }, 1);
	expect(stroke.cells).toEqual([0, 1, 2, 3, 4, 8, 7]);
});

test('an outline is as thick as the brush', () => {
	const thin = new StrokeCells({ width: 5, height: 4 });
	thin.addOutline(rectOf({ x: 4, y: 3 }, { x: 1, y: 0 }), 1);
	expect(shown(thin)).toEqual(['.####', '.#..#', '.#..#', '.####']);
	const thick = new StrokeCells({ width: 6, height: 6 });
	thick.addOutline(rectOf({ x: 0, y: 0 }, { x: 4, y: 4 }), 2);
	expect(shown(thick)).toEqual(['######', '######', '##..##', '##..##', '######', '######']);
});

test('a rectangle is clipped, or not there', () => {
	expect(clipRect({ x: -2, y: 1, w: 5, h: 9 }, { width: 10, height: 4 })).toEqual({ x: 0, y: 1, w: 3, h: 3 });
	expect(clipRect({ x: 10, y: 0, w: 2, h: 2 }, { width: 10, height: 4 })).toBeNull();
});

test('Shift keeps lines straight and rectangles square', () => {
	const from = { x: 10, y: 10 };
	expect(straightened(from, { x: 20, y: 12 })).toEqual({ x: 20, y: 10 });
	expect(straightened(from, { x: 9, y: 2 })).toEqual({ x: 10, y: 2 });
	expect(straightened(from, { x: 4, y: 15 })).toEqual({ x: 4, y: 16 });
	expect(squared(from, { x: 12, y: 3 })).toEqual({ x: 17, y: 3 });
});

test('cells join to runs within their rows', () => {
	expect([...runsOf([7, 3, 4, 5, 1], 4)]).toEqual([1, 1, 3, 1, 4, 2, 7, 1]);
	expect([...runsOf([], 4)]).toEqual([]);
});
