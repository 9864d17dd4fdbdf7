import { expect, test } from 'vitest';
import { bars, bucketOf } from './activity';

const CREATED = '2026-05-03T12:00:00.000Z';
const BUCKETS = [
	{ from: 0, to: 100, time: '2026-05-03T12:00:01.000Z', changed: 100, authors: 1 },
	{ from: 100, to: 200, time: '2026-05-03T13:00:01.000Z', changed: 100, authors: 2 },
	{ from: 200, to: 300, time: '2026-05-03T13:00:01.000Z', changed: 100, authors: 1 },
];

test('what was done in less time stands higher', () => {
	const [quick, slow, atOnce] = bars(BUCKETS, CREATED).map((bar) => bar.height);
	expect(atOnce).toBe(1);
	expect(quick).toBeGreaterThan(slow ?? 1);
	expect(slow).toBeGreaterThan(0);
});

test('no entries, no bars', () => {
	expect(bars([], CREATED)).toEqual([]);
});

test('a stretch begins after its first number', () => {
	expect(bucketOf(BUCKETS, 100)?.to).toBe(100);
	expect(bucketOf(BUCKETS, 101)?.to).toBe(200);
	expect(bucketOf(BUCKETS, 301)).toBeUndefined();
});
