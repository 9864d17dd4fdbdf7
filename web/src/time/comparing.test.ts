import { expect, test, vi } from 'vitest';
import { LIVE } from '../canvas/moment';
import { createCanvasStore } from '../canvas/store';
import { createPixlog } from '../client';
import { comparedOf, usualBefore } from './comparing';

const CANVAS = {
	name: 'art',
	width: 8,
	height: 8,
	mode: 'rgb',
	background: '#ffffff',
	cooldown_ms: 0,
	created_at: '2026-05-03T12:00:00.000Z',
	updated_at: '2026-05-03T12:00:00.000Z',
	version: 100,
};

function serverAt(version: number) {
	const fetch = vi.fn(async () => Response.json({ tile_size: 256, max_z: 0, width: 8, height: 8, version }));
	return { fetch, pixlog: createPixlog({ baseUrl: 'http://localhost', fetch }) };
}

test('a moment is compared with the last tag before it', async () => {
	const { fetch, pixlog } = serverAt(5);
	const tags = [10, 20, 30].map((version) => ({ tag: `v${version}`, version }));
	expect(await usualBefore(pixlog, 'art', tags, 30)).toBe(20);
	expect(fetch).not.toHaveBeenCalled();
});

test('without a tag, with the picture a day ago, or the empty canvas where nothing happened since', async () => {
	expect(await usualBefore(serverAt(5).pixlog, 'art', [], 30)).toBe(5);
	expect(await usualBefore(serverAt(30).pixlog, 'art', [], 30)).toBe(0);
});

test('what comes after is what the time bar shows, unless it is fixed', () => {
	const store = createCanvasStore(CANVAS);
	const { set, look, reach } = store.getState();
	expect(comparedOf(store.getState())).toBeNull();
	set({ comparison: { before: { kind: 'version', version: 7 }, after: null, mode: 'swipe' } });
	reach(120);
	expect(comparedOf(store.getState())).toEqual({ before: 7, after: 120 });
	look({ kind: 'version', version: 50 });
	expect(comparedOf(store.getState())).toEqual({ before: 7, after: 50 });
	set({ comparison: { before: LIVE, after: { kind: 'version', version: 60 }, mode: 'swipe' } });
	expect(comparedOf(store.getState())).toEqual({ before: 120, after: 60 });
});
