import { act, cleanup, screen, waitFor } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { afterEach, expect, test } from 'vitest';
import { pixelEntry, renderOnCanvas } from '../testing/onCanvas';
import { PixelPanel } from './PixelPanel';

afterEach(cleanup);

test('a cell is chosen by its numbers; who set it is told, also where the server looks twice', async () => {
	const { store } = renderOnCanvas(<PixelPanel />, {
		'GET /pixels/7/9/history': () => ({ entries: [pixelEntry(300)] }),
		'GET /pixels/7/9?version=400': () => ({ ...cell, version: 300, time: '2026-05-03T12:05:00.000Z', author: 'Ada' }),
		'GET /pixels/7/9': () => ({ ...cell, version: null, time: null, not_after: 400 }),
	});
	await userEvent.clear(screen.getByLabelText('x'));
	await userEvent.type(screen.getByLabelText('x'), '7');
	await userEvent.clear(screen.getByLabelText('y'));
	await userEvent.type(screen.getByLabelText('y'), '9{Enter}');
	expect(store.getState().inspected).toEqual({ x: 7, y: 9 });
	expect((await screen.findAllByText('Ada')).length).toBe(2);
	await userEvent.click(screen.getByRole('button', { name: 'Go to version 300' }));
	expect(store.getState().moment).toEqual({ kind: 'version', version: 300 });
});

test('what is written to the cell is seen, what is written elsewhere asks for nothing', async () => {
	let author = 'Ada';
	const { store, listeners, requests } = renderOnCanvas(<PixelPanel />, {
		'GET /pixels/7/9/history': () => ({ entries: [] }),
		'GET /pixels/7/9': () => ({ ...cell, version: 300, time: '2026-05-03T12:05:00.000Z', author }),
	});
	act(() => store.getState().set({ inspected: { x: 7, y: 9 } }));
	await screen.findByText('Ada');
	author = 'Bob';
	const before = requests.length;
	const tell = (x: number) => {
		for (const listener of listeners) {
			listener.pixels?.({ canvas: 'art', from: 500, version: 501, pixels: [[x, 9, '#000000']] });
		}
	};
	act(() => tell(8));
	expect(requests.length).toBe(before);
	act(() => tell(7));
	await waitFor(() => expect(screen.getByText('Bob')).toBeTruthy());
});

const cell = { x: 7, y: 9, color: '#00ff00' };
