import { expect, test } from 'vitest';
import { advance, play, rateOf, waitFor } from './player';

/** Plays against a clock of its own; showing takes as long as is said. */
async function played(options: { from: number; end: number; rate: number; showMs: number; stopAt?: number }) {
	let clock = 0;
	const shown: number[] = [];
	await play({
		from: options.from,
		end: () => options.end,
		rate: () => options.rate,
		frameMs: 40,
		show: async (version) => {
			shown.push(version);
			clock += options.showMs;
		},
		now: () => clock,
		wait: async (milliseconds) => {
			clock += milliseconds;
			if (clock > (options.stopAt ?? Number.POSITIVE_INFINITY)) throw new Error('stopped');
		},
	}).catch(() => {});
	return { shown, clock };
}

test('the whole takes as long as is said, however many entries', async () => {
	const rate = rateOf({ kind: 'whole', seconds: 15 }, 1_000_000);
	const { shown, clock } = await played({ from: 0, end: 1_000_000, rate, showMs: 0 });
	expect(Math.abs(clock - 15_000)).toBeLessThanOrEqual(40);
	expect(shown.at(-1)).toBe(1_000_000);
	expect(Math.abs(shown.length - 375)).toBeLessThanOrEqual(1);
});

test('where showing is slow, fewer frames are shown in the same time', async () => {
	const { shown, clock } = await played({ from: 0, end: 10_000, rate: 2000, showMs: 210 });
	expect(shown.length).toBeLessThanOrEqual(21);
	expect(clock).toBeLessThan(5500);
});

test('few entries come one by one', async () => {
	const { shown } = await played({ from: 7, end: 12, rate: 2, showMs: 5 });
	expect(shown).toEqual([8, 9, 10, 11, 12]);
});

test('it stops when it is told so', async () => {
	const { shown } = await played({ from: 0, end: 100, rate: 10, showMs: 0, stopAt: 1050 });
	expect(shown.at(-1)).toBe(10);
});

test('one slow frame does not skip a large part', () => {
	expect(advance(0, 100, 30_000, 5000)).toBe(400);
});

test('a frame is awaited even where entries are faster', () => {
	expect(waitFor(0.5, 1, 40)).toBe(500);
	expect(waitFor(0.5, 1000, 40)).toBe(40);
	expect(waitFor(0, 0, 40)).toBe(40);
});
