import { expect, test } from 'vitest';
import { chipsOf, NO_FILTERS, parseArea, queryOf, visibleArea, without } from './filters';

const CANVAS = { width: 100, height: 50 };
const ALL = { ...NO_FILTERS, author: ' Ada ', kind: 'pixel' as const, region: { x: 1, y: 2, w: 3, h: 4 } };

test('no filters, no query', () => {
	expect(queryOf(NO_FILTERS)).toEqual({});
	expect(chipsOf(NO_FILTERS)).toEqual([]);
});

test('filters become a query', () => {
	expect(queryOf(ALL)).toEqual({ author: 'Ada', kind: 'pixel', region: '1,2,3,4' });
	const since = new Date(2026, 4, 3, 12, 30).toISOString();
	expect(queryOf({ ...NO_FILTERS, since: '2026-05-03T12:30' })).toEqual({ since });
	expect(queryOf({ ...NO_FILTERS, until: 'soon' })).toEqual({});
});

test('each filter has a chip that takes it away', () => {
	expect(chipsOf(ALL).map((chip) => chip.label)).toEqual(['by Ada', 'only pixels', '3 × 4 at 1, 2']);
	expect(queryOf(without(without(ALL, 'region'), 'author'))).toEqual({ kind: 'pixel' });
});

test('the area that is seen ends where the canvas does', () => {
	const camera = { x: 10, y: 10, zoom: 10 };
	expect(visibleArea(camera, { width: 100, height: 100 }, CANVAS)).toEqual({ x: 5, y: 5, w: 10, h: 10 });
	expect(visibleArea(camera, { width: 1000, height: 1000 }, CANVAS)).toEqual({ x: 0, y: 0, w: 60, h: 50 });
	expect(visibleArea({ ...camera, x: -90 }, { width: 100, height: 100 }, CANVAS)).toBeNull();
});

test.each([
	['3,4', { x: 3, y: 4, w: 1, h: 1 }],
	['3, 4, 10 × 20', { x: 3, y: 4, w: 10, h: 20 }],
	['99,49,1,1', { x: 99, y: 49, w: 1, h: 1 }],
	['99,49,2,1', null],
	['3', null],
	['1,2,3,4,5', null],
	['', null],
])('"%s" is the area %o', (text, area) => {
	expect(parseArea(text, CANVAS)).toEqual(area);
});
