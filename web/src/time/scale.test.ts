import { expect, test } from 'vitest';
import { fractionOf, momentAt, snap, versionAfterKey, versionAt } from './scale';

test('the track goes from the empty canvas to the head', () => {
	expect([-1, 0, 0.5, 1, 2].map((fraction) => versionAt(fraction, 1001))).toEqual([0, 0, 501, 1001, 1001]);
	expect(fractionOf(250, 1000)).toBe(0.25);
	expect(fractionOf(0, 0)).toBe(1);
});

test('each version has a place that leads back to it, also of 16 million', () => {
	const head = 16_581_184;
	for (const version of [1, 2, 8_290_591, head - 1]) {
		expect(versionAt(fractionOf(version, head), head)).toBe(version);
	}
});

test('the end is live', () => {
	expect(momentAt(9, 10)).toEqual({ kind: 'version', version: 9 });
	expect(momentAt(10, 10)).toEqual({ kind: 'live' });
});

test.each([
	['ArrowLeft', 499],
	['ArrowRight', 501],
	['PageUp', 510],
	['PageDown', 490],
	['Home', 0],
	['End', 1000],
	['a', null],
])('%s leads to %s', (key, version) => {
	expect(versionAfterKey(key, 500, 1000)).toBe(version);
});

test('keys stop at both ends, and a page is at least an entry', () => {
	expect(versionAfterKey('ArrowLeft', 0, 10)).toBe(0);
	expect(versionAfterKey('PageUp', 3, 10)).toBe(4);
	expect(versionAfterKey('PageUp', 10, 10)).toBe(10);
});

test('a pointer near a tag means the tag', () => {
	expect(snap(103, [100, 105, 500], 5)).toBe(105);
	expect(snap(103, [100, 500], 2)).toBe(103);
});
