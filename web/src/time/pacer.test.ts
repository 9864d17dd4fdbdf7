import { expect, test, vi } from 'vitest';
import { latestOnly, patiently } from './pacer';

test('what comes while one is worked on is forgotten except for the last', async () => {
	const seen: number[] = [];
	const ends: (() => void)[] = [];
	const give = latestOnly<number>((value) => {
		seen.push(value);
		return new Promise((resolve) => ends.push(resolve));
	});
	for (const value of [1, 2, 3, 4]) give(value);
	expect(seen).toEqual([1]);
	ends[0]?.();
	await vi.waitFor(() => expect(seen).toEqual([1, 4]));
	ends[1]?.();
	await Promise.resolve();
	expect(seen).toEqual([1, 4]);
});

test('a failure does not stop it', async () => {
	const seen: number[] = [];
	const give = latestOnly<number>(async (value) => {
		seen.push(value);
		if (value === 1) throw new Error('not there');
	});
	give(1);
	give(2);
	await vi.waitFor(() => expect(seen).toEqual([1, 2]));
});

test('patience ends', async () => {
	vi.useFakeTimers();
	const waited = patiently(new Promise(() => {}), 1000);
	await vi.advanceTimersByTimeAsync(1000);
	await expect(waited).resolves.toBeUndefined();
	vi.useRealTimers();
});
