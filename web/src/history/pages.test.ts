import { expect, test, vi } from 'vitest';
import type { EntryBody } from '../client';
import { createEntryPages } from './pages';

function entry(version: number): EntryBody {
	const written = { kind: 'pixel', time: '2026-05-03T12:00:00.000Z', authenticated: false, source: 'api' };
	return { ...written, version, x: 0, y: 0, color: '#000000' };
}

/** A log whose head can move; it writes down what was asked of it. */
function log(head: number) {
	const asked: [number, number][] = [];
	const signals: AbortSignal[] = [];
	const server = { head, asked, signals, fails: false };
	const load = async (after: number, upTo: number, signal: AbortSignal) => {
		asked.push([after, upTo]);
		signals.push(signal);
		if (server.fails) throw new Error('the server cannot be reached');
		const last = Math.min(upTo, server.head);
		return Array.from({ length: Math.max(0, last - after) }, (_, at) => entry(after + 1 + at));
	};
	return { server, load };
}

const SIZES = { page: 10, kept: 3 };
const loaded = () => vi.waitFor(() => {}).then(() => new Promise((resolve) => setTimeout(resolve)));

test('only pages that are seen are asked for, once', async () => {
	const { server, load } = log(1000);
	const pages = createEntryPages(load, SIZES);
	pages.want(495, 503);
	pages.want(495, 503);
	await loaded();
	expect(server.asked).toEqual([
		[490, 500],
		[500, 510],
	]);
	expect(pages.entry(495)?.version).toBe(495);
	expect(pages.entry(510)?.version).toBe(510);
	expect(pages.entry(511)).toBeUndefined();
});

test('the newest page grows with the head, without asking again for what is there', async () => {
	const { server, load } = log(13);
	const pages = createEntryPages(load, SIZES);
	pages.want(11, 13);
	await loaded();
	server.head = 17;
	pages.want(11, 17);
	await loaded();
	expect(server.asked).toEqual([
		[10, 20],
		[13, 20],
	]);
	expect(pages.entry(17)?.version).toBe(17);
	expect(pages.entry(12)?.version).toBe(12);
});

test('those that were looked at longest ago are forgotten', async () => {
	const { load } = log(1000);
	const pages = createEntryPages(load, SIZES);
	for (const version of [1, 11, 21]) {
		pages.want(version, version);
		await loaded();
	}
	pages.want(1, 1);
	pages.want(31, 31);
	await loaded();
	expect(pages.entry(1)?.version).toBe(1);
	expect(pages.entry(11)).toBeUndefined();
	expect(pages.entry(31)?.version).toBe(31);
});

test('what is not looked at any more is given up', () => {
	const { server, load } = log(1000);
	const pages = createEntryPages(load, SIZES);
	pages.want(1, 5);
	pages.want(501, 505);
	expect(server.signals.map((signal) => signal.aborted)).toEqual([true, false]);
});

test('a failure is told, and tried again', async () => {
	const { server, load } = log(50);
	server.fails = true;
	const pages = createEntryPages(load, SIZES);
	const told = vi.fn();
	pages.subscribe(told);
	pages.want(1, 5);
	await loaded();
	expect(pages.failure()?.message).toBe('the server cannot be reached');
	server.fails = false;
	pages.retry();
	await loaded();
	expect(pages.failure()).toBeNull();
	expect(pages.entry(5)?.version).toBe(5);
	expect(told).toHaveBeenCalledTimes(3);
});
