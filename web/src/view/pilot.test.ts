import { beforeEach, expect, test, vi } from 'vitest';
import { type CanvasStore, createCanvasStore } from '../canvas/store';
import type { CanvasBody } from '../client';
import { Pilot } from './pilot';

const canvas = { name: 'art', width: 100, height: 100, mode: 'rgb', version: 0 } as CanvasBody;
let store: CanvasStore;
let view: { width: number; height: number };
let pilot: Pilot;

beforeEach(() => {
	store = createCanvasStore(canvas);
	view = { width: 432, height: 332 };
	pilot = new Pilot(store, { size: () => view, ratio: () => 1, request: () => {} });
});

/** Frames until nothing moves. */
function finish(): number {
	const start = performance.now();
	for (let frame = 1; frame < 200; frame += 1) {
		const before = store.getState().camera;
		pilot.advance(start + frame * 16);
		if (store.getState().camera === before) return frame;
	}
	throw new Error('It never ends');
}

test('at first the whole is shown, and it is kept whole until somebody moves it', () => {
	pilot.resized();
	expect(store.getState().camera).toEqual({ x: 50, y: 50, zoom: 3 });
	view = { width: 632, height: 632 };
	pilot.resized();
	expect(store.getState().camera?.zoom).toBe(6);
	pilot.pan(10, 0);
	view = { width: 432, height: 332 };
	pilot.resized();
	expect(store.getState().camera?.zoom).toBe(6);
	pilot.fit();
	finish();
	view = { width: 632, height: 632 };
	pilot.resized();
	expect(store.getState().camera).toEqual({ x: 50, y: 50, zoom: 6 });
});

test('a camera that came with a link is left as it is', () => {
	store.getState().set({ camera: { x: 10, y: 20, zoom: 8 } });
	pilot.resized();
	expect(store.getState().camera).toEqual({ x: 10, y: 20, zoom: 8 });
});

test('steps of the wheel add up, and end exactly', () => {
	store.getState().set({ camera: { x: 50, y: 50, zoom: 4 } });
	pilot.zoomBy(2);
	pilot.advance(performance.now() + 16);
	pilot.zoomBy(2);
	expect(finish()).toBeGreaterThan(5);
	expect(store.getState().camera).toEqual({ x: 50, y: 50, zoom: 16 });
});

test('a move takes several frames; with less motion asked for, one', () => {
	store.getState().set({ camera: { x: 50, y: 50, zoom: 4 } });
	pilot.moveTo({ x: 60, y: 50, zoom: 4 }, { animate: true });
	expect(finish()).toBeGreaterThan(5);
	expect(store.getState().camera?.x).toBe(60);
	vi.stubGlobal('matchMedia', () => ({ matches: true }));
	pilot.moveTo({ x: 10, y: 50, zoom: 4 }, { animate: true });
	expect(store.getState().camera?.x).toBe(10);
	pilot.zoomBy(2);
	expect(store.getState().camera?.zoom).toBe(8);
	vi.unstubAllGlobals();
});

test('a finger ends what was moving', () => {
	store.getState().set({ camera: { x: 50, y: 50, zoom: 4 } });
	pilot.moveTo({ x: 90, y: 50, zoom: 4 }, { animate: true });
	pilot.pan(-4, 0);
	expect(finish()).toBe(1);
	expect(store.getState().camera?.x).toBe(51);
});

test('what is brought into sight moves as little as it takes', () => {
	store.getState().set({ camera: { x: 50, y: 50, zoom: 20 } });
	const sight = { x: 40, y: 42, w: 20, h: 16 };
	pilot.bringIntoSight({ x: 50, y: 50 }, sight);
	expect(store.getState().camera).toEqual({ x: 50, y: 50, zoom: 20 });
	pilot.bringIntoSight({ x: 61, y: 41 }, sight);
	expect(store.getState().camera).toEqual({ x: 54, y: 47, zoom: 20 });
});
