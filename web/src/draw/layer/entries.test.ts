import { expect, test } from 'vitest';
import { rowsOf, shownRect, shownRows } from './entries';
import { covers } from './shown';

test('rows are a little-endian cell and a colour each, as the server reads them', () => {
	expect([...rowsOf({ width: 700, mode: 'rgb' }, [0x1234, 1], '#a0b0c0')]).toEqual([
		0x34, 0x12, 0, 0, 0xa0, 0xb0, 0xc0, 1, 0, 0, 0, 0xa0, 0xb0, 0xc0,
	]);
	expect([...rowsOf({ width: 9, mode: 'rgba' }, [2], '#01020380')]).toEqual([2, 0, 0, 0, 1, 2, 3, 0x80]);
});

test('what was kept is shown as it was drawn', () => {
	const layout = { width: 4, mode: 'rgba' };
	const shown = shownRows(layout, rowsOf(layout, [6, 5, 0], '#01020380'));
	expect(shown).toEqual({ kind: 'cells', color: '#01020380', runs: Uint32Array.of(0, 1, 5, 2) });
});

test('a rectangle is a run in each of its rows', () => {
	const shown = shownRect({ width: 10, mode: 'rgb' }, { x: 2, y: 1, w: 3, h: 2 }, '#000000');
	if (shown.kind !== 'cells') throw new Error('It has cells');
	expect([...shown.runs]).toEqual([12, 3, 22, 3]);
	const covered = Array.from({ length: 40 }, (_, cell) => cell).filter((cell) => covers(shown.runs, cell));
	expect(covered).toEqual([12, 13, 14, 22, 23, 24]);
});
