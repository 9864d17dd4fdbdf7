import { expect, test } from 'vitest';
import type { Camera } from '../canvas/geometry';
import { between, clampCamera, fitCamera, panned, ZOOM_MAX, zoomAbout, zoomMin } from './camera';
import { cellAt, cellsInSight, placeOf, transformOf } from './transform';

const view = { width: 800, height: 600 };

test('what lies under the pointer stays there when it zooms', () => {
	const camera: Camera = { x: 40, y: 30, zoom: 2 };
	const about = { x: 650, y: 120 };
	const cellUnder = ({ x, y, zoom }: Camera) => ({
		x: x + (about.x - view.width / 2) / zoom,
		y: y + (about.y - view.height / 2) / zoom,
	});
	const zoomed = zoomAbout(camera, 7.3, about, view);
	expect(zoomed.zoom).toBe(7.3);
	expect(cellUnder(zoomed).x).toBeCloseTo(cellUnder(camera).x, 9);
	expect(cellUnder(zoomed).y).toBeCloseTo(cellUnder(camera).y, 9);
});

test.each([
	{ canvas: { width: 64, height: 64 }, ratio: 1, zoom: 8 },
	{ canvas: { width: 60, height: 64 }, ratio: 2, zoom: 8.5 },
	{ canvas: { width: 1, height: 1 }, ratio: 1, zoom: ZOOM_MAX },
	{ canvas: { width: 4072, height: 4072 }, ratio: 1, zoom: 568 / 4072 },
])('the whole of $canvas fits, in whole device pixels where cells are seen', ({ canvas, ratio, zoom }) => {
	const camera = fitCamera({ x: 0, y: 0, w: canvas.width, h: canvas.height }, view, ratio);
	expect(camera).toEqual({ x: canvas.width / 2, y: canvas.height / 2, zoom });
});

test('the canvas cannot be lost from sight, nor be too small or too large', () => {
	const canvas = { width: 1000, height: 500 };
	const low = clampCamera({ x: -5, y: 900, zoom: 0.0001 }, canvas, view);
	expect(low).toEqual({ x: 0, y: 500, zoom: zoomMin(canvas, view) });
	expect(clampCamera({ x: 1, y: 1, zoom: 1e9 }, canvas, view).zoom).toBe(ZOOM_MAX);
	// One to one is always within reach.
	expect(zoomMin({ width: 1, height: 1 }, view)).toBeLessThan(1);
});

test('a pan moves the picture with the pointer', () => {
	expect(panned({ x: 10, y: 10, zoom: 4 }, 8, -4)).toEqual({ x: 8, y: 11, zoom: 4 });
});

test('on the way, what zooms in comes straight', () => {
	const [from, to] = [
		{ x: 0, y: 0, zoom: 1 },
		{ x: 100, y: 50, zoom: 16 },
	];
	expect(between(from, to, 0)).toEqual(from);
	expect(between(from, to, 1)).toEqual(to);
	const half = between(from, to, 0.5);
	expect(half.zoom).toBeCloseTo(4);
	// The place on the screen where the target will be moves evenly with the zoom: (x' - x) · zoom is linear in zoom.
	expect((to.x - half.x) * half.zoom).toBeCloseTo(100 - (100 * (half.zoom - 1)) / 15);
});

test('cells lie where the transform says, whatever the pixel ratio', () => {
	const transform = transformOf({ x: 50, y: 40, zoom: 6.37 }, { width: 1600, height: 1200 }, 2);
	const place = placeOf(transform, { x: 52, y: 41, w: 1, h: 1 });
	expect(cellAt(transform, place.x + 1, place.y + 1)).toEqual({ x: 52, y: 41 });
	expect(cellAt(transform, place.x - 2, place.y + 1)).toEqual({ x: 51, y: 41 });
	for (let x = 40; x < 60; x += 1) {
		const here = placeOf(transform, { x, y: 41, w: 1, h: 1 });
		expect(placeOf(transform, { x: x + 1, y: 41, w: 1, h: 1 }).x).toBe(here.x + here.w);
	}
});

test('in sight are the cells of the canvas that have a pixel of the view', () => {
	const transform = transformOf({ x: 0, y: 5, zoom: 10 }, { width: 40, height: 20 }, 1);
	expect(cellsInSight(transform, { width: 100, height: 6 })).toEqual({ x: 0, y: 4, w: 2, h: 2 });
});
