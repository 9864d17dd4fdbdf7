import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** The light and the dark colour of each token of base.css. */
const tokens = new Map(
	[...readFileSync('src/styles/base.css', 'utf8').matchAll(/--([\w-]+): light-dark\((#\w+), (#\w+)\)/g)].map(
		([, name = '', light = '', dark = '']) => [name, { light, dark }],
	),
);

/** Relative luminance, as WCAG 2.2 defines it. */
function luminance(color: string): number {
	const digits = color.length === 4 ? color.replace(/[^#]/g, '$&$&') : color;
	const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
		const channel = Number.parseInt(digits.slice(at, at + 2), 16) / 255;
		return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
	});
	return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
	const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
	return (high + 0.05) / (low + 0.05);
}

const GROUNDS = ['page', 'surface', 'surface-hover'];
const pairs: [string, string, number][] = [
	...['text', 'muted', 'accent', 'danger', 'warning', 'success'].flatMap((ink) =>
		GROUNDS.map((ground): [string, string, number] => [ink, ground, 4.5]),
	),
	['text', 'sunken', 4.5],
	['muted', 'sunken', 4.5],
	['text', 'accent-soft', 4.5],
	['accent', 'accent-soft', 4.5],
	['on-accent', 'accent', 4.5],
	['on-accent', 'accent-hover', 4.5],
	['line-strong', 'surface', 3],
	['line-strong', 'page', 3],
	['accent', 'sunken', 3],
];

test.each(['light', 'dark'] as const)('what is read stands out from its ground: %s', (theme) => {
	const weak = pairs
		.map(([ink, ground, least]) => {
			const ratio = contrast(tokens.get(ink)?.[theme] ?? '#000', tokens.get(ground)?.[theme] ?? '#000');
			return { pair: `${ink} on ${ground}`, ratio: Math.floor(ratio * 100) / 100, least };
		})
		.filter(({ ratio, least }) => ratio < least);
	expect(weak).toEqual([]);
});

test('the ratio of black and white is 21', () => {
	expect(contrast('#000', '#fff')).toBeCloseTo(21);
});
