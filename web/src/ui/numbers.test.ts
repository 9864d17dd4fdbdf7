import { expect, test } from 'vitest';
import { formatBytes, formatSeconds } from './numbers';
import { relativeTime } from './Time';

test.each([
	[0, '0 B'],
	[1023, '1,023 B'],
	[1024, '1 KiB'],
	[5_500_000, '5.25 MiB'],
])('%d bytes', (bytes, text) => {
	expect(formatBytes(bytes)).toBe(text);
});

test.each([
	[0.0018, '1.8 ms'],
	[0.14, '0.14 s'],
	[13.08, '13.1 s'],
	[59.97, '1:00'],
	[173.95, '2:54'],
	[1020.15, '17:00'],
	[3723, '1:02:03'],
])('%d seconds', (seconds, text) => {
	expect(formatSeconds(seconds)).toBe(text);
});

test('times are as far ago as they are, and clocks that differ a little are not noticed', () => {
	const now = Date.UTC(2026, 0, 10, 12);
	expect(relativeTime(now - 3 * 3_600_000, now)).toBe('3 hours ago');
	expect(relativeTime(now - 119_000, now)).toBe('1 minute ago');
	expect(relativeTime(now + 5000, now)).toBe('just now');
});
