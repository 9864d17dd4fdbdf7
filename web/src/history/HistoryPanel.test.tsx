import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Answers, pixelEntry, renderOnCanvas } from '../testing/onCanvas';
import { HistoryPanel } from './HistoryPanel';

const ANSWERS: Answers = {
	'GET /history?author=Ada': () => ({ canvas: 'art', version: 500, entries: [pixelEntry(7)] }),
	'GET /history': (url) => {
		const [after, before] = ['after', 'before'].map((key) => Number(url.searchParams.get(key)));
		const versions = Array.from({ length: 600 }, (_, at) => at + 1);
		const entries = versions.filter((version) => version > (after ?? 0) && version < (before ?? 0)).map(pixelEntry);
		return { canvas: 'art', version: 500, entries };
	},
	'GET /pixels/': () => ({ x: 0, y: 1, color: '#123456', version: 1, time: null }),
};

beforeEach(() => {
	// Nothing has a height here; the list is to believe that it shows ten rows.
	vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(520);
});
afterEach(cleanup);

test('rows are the versions below the head, and those in view are loaded', async () => {
	const { requests } = renderOnCanvas(<HistoryPanel />, ANSWERS);
	const grid = screen.getByRole('grid', { name: 'Entries' });
	expect(grid.getAttribute('aria-rowcount')).toBe('500');
	await waitFor(() => expect(within(grid).getByText('500')).toBeTruthy());
	expect(within(grid).getAllByRole('row').length).toBeLessThan(30);
	expect(requests.filter(({ url }) => url.includes('/history')).length).toBe(1);
});

test('Enter shows an entry, its place, and the moment before it', async () => {
	const { store, view } = renderOnCanvas(<HistoryPanel />, ANSWERS);
	const grid = screen.getByRole('grid', { name: 'Entries' });
	await waitFor(() => expect(within(grid).getByText('497')).toBeTruthy());
	for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'Enter']) fireEvent.keyDown(grid, { key });
	expect(store.getState().moment).toEqual({ kind: 'version', version: 497 });
	expect(view.moveTo).toHaveBeenCalledWith({ x: 97.5, y: 1.5, zoom: 8 }, { animate: true });
	expect(view.setLayer).toHaveBeenCalledWith('entry', expect.objectContaining({ order: 40 }));
	const detail = screen.getByRole('region', { name: 'Version 497' });
	await userEvent.click(within(detail).getByRole('button', { name: 'Before' }));
	expect(store.getState().moment).toEqual({ kind: 'version', version: 496 });
	await waitFor(() => expect(within(detail).getByText('#123456')).toBeTruthy());
});

test('new entries move nobody who is on the way through the list', async () => {
	const { store } = renderOnCanvas(<HistoryPanel />, ANSWERS);
	const grid = screen.getByRole('grid', { name: 'Entries' });
	act(() => grid.focus());
	fireEvent.keyDown(grid, { key: 'ArrowDown' });
	act(() => store.getState().reach(512));
	const pill = await screen.findByRole('button', { name: '12 new entries' });
	expect(grid.getAttribute('aria-rowcount')).toBe('500');
	await userEvent.click(pill);
	expect(grid.getAttribute('aria-rowcount')).toBe('512');
});

test('a filter is asked of the server, and a chip takes it away', async () => {
	renderOnCanvas(<HistoryPanel />, ANSWERS);
	await userEvent.click(screen.getByRole('button', { name: 'Filter' }));
	await userEvent.type(screen.getByLabelText('Author'), 'Ada{Enter}');
	expect(await screen.findByText('1 entry found')).toBeTruthy();
	await userEvent.click(screen.getByRole('button', { name: 'Remove filter: by Ada' }));
	expect(screen.getByRole('grid', { name: 'Entries' })).toBeTruthy();
});
