import { act, cleanup, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { useHashLocation } from 'wouter/use-hash-location';
import { useCanvasStore } from '../canvas/store';
import { renderOnCanvas } from '../testing/onCanvas';
import { parseRoute } from './route';
import { useCanvasLink } from './useCanvasLink';

/** What a page does with its address. */
function Linked() {
	const route = parseRoute(useHashLocation()[0]);
	const version = route.page === 'canvas' ? route.version : null;
	const camera = route.page === 'canvas' ? route.camera : null;
	useCanvasLink(useCanvasStore(), version, camera, null);
	return null;
}

const ANSWERS = {
	'GET /tiles.json?version=best': () => ({ tile_size: 256, max_z: 0, width: 100, height: 50, version: 250 }),
	'GET /tiles.json?version=900': () => Response.json({ detail: 'version 900 does not exist yet' }, { status: 404 }),
};

function edit(hash: string) {
	act(() => {
		location.hash = hash;
		dispatchEvent(new HashChangeEvent('hashchange'));
	});
}

beforeEach(() => {
	location.hash = '#/c/art';
});
afterEach(cleanup);

test('what is shown is written into the address, once it stands still', async () => {
	const { store } = renderOnCanvas(<Linked />, ANSWERS);
	const length = history.length;
	act(() => {
		for (const version of [1, 2, 3]) store.getState().look({ kind: 'version', version });
		store.getState().set({ camera: { x: 5, y: 6.5, zoom: 2 } });
	});
	expect(location.hash).toBe('#/c/art');
	await waitFor(() => expect(location.hash).toBe('#/c/art@3/5,6.5,2'));
	expect(history.length).toBe(length);
});

test('what is written into the address is shown, and a tag keeps its name there', async () => {
	const { store } = renderOnCanvas(<Linked />, ANSWERS);
	edit('#/c/art@best/1,2,4');
	await waitFor(() => expect(store.getState().moment).toEqual({ kind: 'version', version: 250 }));
	expect(store.getState().camera).toEqual({ x: 1, y: 2, zoom: 4 });
	act(() => store.getState().set({ camera: { x: 3, y: 3, zoom: 4 } }));
	await waitFor(() => expect(location.hash).toBe('#/c/art@best/3,3,4'));
	edit('#/c/art');
	expect(store.getState().moment).toEqual({ kind: 'live' });
});

test('a version that is not there changes nothing', async () => {
	const { store } = renderOnCanvas(<Linked />, ANSWERS);
	edit('#/c/art@900');
	await waitFor(() => expect(location.hash).toBe('#/c/art'));
	expect(store.getState().moment).toEqual({ kind: 'live' });
});
