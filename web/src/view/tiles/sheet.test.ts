import { expect, test, vi } from 'vitest';
import { TileGrid, type TileId } from './grid';
import { type FetchSheet, Sheet, sheetFor } from './sheet';
import { FakeImage, slotsWith } from './testing';

const grid = new TileGrid({ width: 1000, height: 1000 });
const ids: TileId[] = [2, 3].flatMap((x) => [2, 3].map((y) => ({ z: 2, x, y })));

test('several tiles that are shown already come together', () => {
	const { slots } = slotsWith(grid, ids, 1);
	expect(sheetFor(grid, [...slots.all()], 7)).toMatchObject({ region: { x: 512, y: 512, w: 488, h: 488 }, version: 7 });
	expect(sheetFor(grid, [...slots.all()].slice(1), 7)).toBeNull();
	const missing = slots.use({ z: 2, x: 0, y: 0 });
	expect(sheetFor(grid, [...slots.all(), missing], 7)).toBeNull();
});

test('further out it is scaled, where that shows the samples of the tiles', () => {
	const coarse = [0, 1].flatMap((x) => [0, 1].map((y) => ({ z: 1, x, y })));
	const { slots } = slotsWith(grid, coarse, 1);
	expect(sheetFor(grid, [...slots.all()], 7)).toMatchObject({ region: { x: 0, y: 0, w: 1000, h: 1000 }, step: 2 });
	const odd = new TileGrid({ width: 1001, height: 1000 });
	expect(sheetFor(odd, [...slotsWith(odd, coarse, 1).slots.all()], 7)).toBeNull();
});

test('what is cut of a scaled one is in samples', async () => {
	const { cut, fetchSheet } = fakeSheet();
	const sheet = new Sheet({ x: 512, y: 0, w: 488, h: 1000 }, 2, 7);
	await sheet.tile({ x: 512, y: 512, w: 488, h: 488 }, fetchSheet, new AbortController().signal);
	expect(cut).toHaveBeenCalledWith({ x: 0, y: 256, w: 244, h: 244 });
});

function fakeSheet() {
	const cut = vi.fn(async () => new FakeImage());
	const close = vi.fn();
	const fetchSheet = vi.fn<FetchSheet>(async () => ({ cut, close }));
	return { cut, close, fetchSheet, sheet: new Sheet({ x: 512, y: 512, w: 488, h: 488 }, 1, 7) };
}

test('it is read once, cut in its own coordinates, and closed after the last', async () => {
	const { cut, close, fetchSheet, sheet } = fakeSheet();
	const { signal } = new AbortController();
	await Promise.all(ids.map((id) => sheet.tile(grid.cellsOf(id), fetchSheet, signal)));
	expect(fetchSheet).toHaveBeenCalledOnce();
	expect(cut).toHaveBeenCalledWith({ x: 256, y: 0, w: 232, h: 256 });
	await Promise.resolve();
	expect(close).toHaveBeenCalledOnce();
});

test('the last who no longer waits ends the request', () => {
	const { sheet } = fakeSheet();
	const signals: AbortSignal[] = [];
	const never: FetchSheet = (_sheet, signal) => {
		signals.push(signal);
		return new Promise(() => {});
	};
	const aborts = [new AbortController(), new AbortController()];
	for (const { signal } of aborts) void sheet.tile({ x: 512, y: 512, w: 1, h: 1 }, never, signal).catch(() => {});
	aborts[0]?.abort();
	expect(signals[0]?.aborted).toBe(false);
	aborts[1]?.abort();
	expect(signals[0]?.aborted).toBe(true);
});
