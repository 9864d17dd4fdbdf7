import { expect, test, vi } from 'vitest';
import type { EntryBody } from '../client';
import { createSearch, type FoundPage } from './search';

function entries(...versions: number[]): EntryBody[] {
	const written = { kind: 'pixel', time: '2026-05-03T12:00:00.000Z', authenticated: false, source: 'api' };
	return versions.map((version) => ({ ...written, version, x: 0, y: 0, color: '#000000' }));
}

const PAGES: Record<string, FoundPage> = {
	first: { entries: entries(90), next: '/history?before=80' },
	'/history?before=80': { entries: [], next: '/history?before=60' },
	'/history?before=60': { entries: [], next: '/history?before=40' },
	'/history?before=40': { entries: entries(35, 34), next: '/history?before=20' },
	'/history?before=20': { entries: [] },
};
const load = vi.fn(async (next: string | null) => PAGES[next ?? 'first'] ?? { entries: [] });
const versions = (found: EntryBody[]) => found.map((entry) => entry.version);

test('empty pages are followed until enough is found', async () => {
	const search = createSearch(load);
	search.want(2);
	await vi.waitFor(() => expect(search.state().status).toBe('more'));
	expect(versions(search.state().entries)).toEqual([90, 35, 34]);
	expect(search.state().reached).toBe(20);
	search.want(100);
	await vi.waitFor(() => expect(search.state().status).toBe('all'));
	expect(versions(search.state().entries)).toEqual([90, 35, 34]);
});

test('it stops when it is told so, and goes on from there', async () => {
	const search = createSearch(load);
	const unsubscribe = search.subscribe(() => {
		if (search.state().reached !== 60) return;
		unsubscribe();
		search.stop();
	});
	search.want(2);
	await vi.waitFor(() => expect(search.state().status).toBe('stopped'));
	expect(versions(search.state().entries)).toEqual([90]);
	search.goOn();
	await vi.waitFor(() => expect(search.state().status).toBe('more'));
	expect(versions(search.state().entries)).toEqual([90, 35, 34]);
});

test('after a failure it goes on where it was', async () => {
	const failing = vi.fn(load).mockRejectedValueOnce(new Error('overloaded'));
	const search = createSearch(failing);
	search.want(1);
	await vi.waitFor(() => expect(search.state().status).toBe('failed'));
	expect(search.state().error?.message).toBe('overloaded');
	search.goOn();
	await vi.waitFor(() => expect(search.state().status).toBe('more'));
	expect(versions(search.state().entries)).toEqual([90]);
});
