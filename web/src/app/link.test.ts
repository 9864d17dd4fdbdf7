import { expect, test } from 'vitest';
import { LIVE } from '../canvas/moment';
import { knownVersion, pathOf } from './link';

const canvas = {
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
const camera = { x: 4, y: 4.5, zoom: 16 };

test('a link names the version, the place and the zoom', () => {
	expect(pathOf({ canvas, moment: LIVE, camera: null }, null)).toBe('/c/art');
	expect(pathOf({ canvas, moment: LIVE, camera }, null)).toBe('/c/art/4,4.5,16');
	expect(pathOf({ canvas, moment: { kind: 'version', version: 7 }, camera }, null)).toBe('/c/art@7/4,4.5,16');
});

test('a tag stays in the link for as long as its version is shown', () => {
	const named = { tag: 'best', version: 7 };
	expect(pathOf({ canvas, moment: { kind: 'version', version: 7 }, camera: null }, named)).toBe('/c/art@best');
	expect(pathOf({ canvas, moment: { kind: 'version', version: 8 }, camera: null }, named)).toBe('/c/art@8');
});

test.each([
	['7', 7],
	['0', 0],
	['100', 100],
	['101', null],
	['best', null],
	['1e3', null],
	['-1', null],
])('%s is known as %s', (version, known) => {
	expect(knownVersion(version, 100)).toBe(known);
});
