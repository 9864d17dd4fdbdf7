import { act, cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { CanvasStoreContext, createCanvasStore } from '../canvas/store';
import { type CanvasBody, createPixlog } from '../client';
import { ViewEngine } from './engine';
import { LoadNotice } from './LoadNotice';
import { StatusLine } from './StatusLine';
import { FakeImage } from './tiles/testing';

const canvas = { name: 'art', width: 300, height: 300, mode: 'rgb', version: 0 } as CanvasBody;

afterEach(cleanup);

function shown() {
	const store = createCanvasStore(canvas);
	let asked = 0;
	const refused = async () => {
		asked += 1;
		return new Response('{"detail":"The server has had enough"}', {
			status: 500,
			headers: { 'Content-Type': 'application/problem+json' },
		});
	};
	const engine = new ViewEngine(store, createPixlog({ baseUrl: 'http://server', fetch: refused }));
	const tree = () => (
		<CanvasStoreContext value={store}>
			<LoadNotice engine={engine} />
			<StatusLine engine={engine} />
		</CanvasStoreContext>
	);
	const { rerender } = render(tree());
	return { store, engine, again: () => rerender(tree()), asked: () => asked };
}

test('the cell under the pointer is told with its colour, where that is loaded', () => {
	const { store, engine } = shown();
	act(() => store.getState().set({ hover: { x: 3, y: 257 } }));
	expect(screen.getByText('3, 257')).toBeTruthy();
	expect(screen.queryByText(/^#/)).toBeNull();
	const image = new FakeImage();
	image.put(3, 1, '#123456');
	engine.pyramid.slots.set(engine.pyramid.slots.use({ z: 1, x: 0, y: 1 }), 'shown', { image, version: 0 });
	act(() => store.getState().set({ hover: { x: 3, y: 257 } }));
	expect(screen.getByText('#123456')).toBeTruthy();
});

test('steps of the cell cursor are spoken', () => {
	const { engine } = shown();
	act(() => engine.cursor.show({ x: 7, y: 8 }));
	expect(screen.getByText('Column 7, row 8')).toBeTruthy();
});

test('what did not load is told in the words of the server, and asked for again', async () => {
	const { engine, again, asked } = shown();
	engine.pyramid.see({ range: { z: 1, x0: 0, y0: 0, x1: 1, y1: 1 }, centre: { x: 0, y: 0 } });
	await vi.waitUntil(() => engine.pyramid.failure());
	again();
	expect(screen.getByText('Part of the picture did not load. The server has had enough')).toBeTruthy();
	const before = asked();
	screen.getByRole('button', { name: 'Try again' }).click();
	expect(asked()).toBe(before + 1);
});
