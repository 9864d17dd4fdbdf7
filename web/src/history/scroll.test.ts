import { expect, test } from 'vitest';
import { type Place, physicalHeight, placeOf, rowAfterKey, rowsAt, scrolled, toPhysical, toVirtual } from './scroll';

const FEW = { rows: 1000, rowHeight: 44, viewHeight: 600 };
const MANY = { rows: 16_581_184, rowHeight: 44, viewHeight: 600 };
const END = MANY.rows * MANY.rowHeight - MANY.viewHeight;
const TOP: Place = { physical: 0, virtual: 0 };

test('few rows scroll as usual', () => {
	expect(physicalHeight(FEW)).toBe(44_000);
	expect(scrolled(TOP, 20_000, FEW)).toEqual({ physical: 20_000, virtual: 20_000 });
	expect(rowsAt(440, FEW)).toEqual([10, 23]);
	expect(rowsAt(0, { ...FEW, rows: 0 })).toEqual([-1, -2]);
});

test('many rows fit into what a browser can show, and both ends stay ends', () => {
	expect(physicalHeight(MANY)).toBe(8_000_000);
	expect(toVirtual(0, MANY)).toBe(0);
	expect(toVirtual(8_000_000 - 600, MANY)).toBe(END);
	expect(rowsAt(toVirtual(8_000_000 - 600, MANY), MANY)[1]).toBe(MANY.rows - 1);
});

test('places lead back to themselves', () => {
	for (const virtual of [0, 99_999, 100_001, 364_000_000, END - 5, END]) {
		expect(toVirtual(toPhysical(virtual, MANY), MANY)).toBeCloseTo(virtual, 3);
	}
});

test('a drag of the scrollbar to its middle shows the middle', () => {
	const { virtual } = scrolled(TOP, (8_000_000 - 600) / 2, MANY);
	expect(virtual).toBeCloseTo(END / 2, 3);
});

/** Scrolls by wheel, setting the place as a browser would. */
function wheel(from: Place, by: number, times: number): Place {
	let place = from;
	for (let time = 0; time < times; time += 1) {
		const most = 8_000_000 - MANY.viewHeight;
		place = scrolled(place, Math.round(Math.min(most, Math.max(0, place.physical + by))), MANY);
	}
	return place;
}

test('a wheel moves by rows everywhere, past every correction', () => {
	const middle = scrolled(TOP, 4_000_000, MANY);
	const after = wheel(middle, 120, 10_000);
	expect(Math.abs(after.virtual - middle.virtual - 1_200_000)).toBeLessThan(3);
	expect(Math.abs(after.physical - toPhysical(after.virtual, MANY))).toBeLessThan(40_001);
});

test('a wheel reaches the first and the last row from far away', () => {
	const nearTop = { virtual: 300_000, physical: toPhysical(300_000, MANY) };
	expect(wheel(nearTop, -120, 2501)).toEqual(TOP);
	const nearEnd = { virtual: END - 300_000, physical: toPhysical(END - 300_000, MANY) };
	expect(wheel(nearEnd, 120, 2501).virtual).toBe(END);
});

test('a row is brought into view, and one in view does not move', () => {
	expect(placeOf(5, TOP, MANY)).toBe(TOP);
	expect(placeOf(20, TOP, MANY).virtual).toBe(21 * 44 - 600);
	expect(placeOf(MANY.rows - 1, TOP, MANY)).toEqual({ virtual: END, physical: 8_000_000 - 600 });
	expect(placeOf(3, placeOf(2000, TOP, MANY), MANY).virtual).toBe(3 * 44);
});

test('keys move by rows and pages, up to both ends', () => {
	expect(rowAfterKey('ArrowDown', 5, 100, 10)).toBe(6);
	expect(rowAfterKey('PageUp', 5, 100, 10)).toBe(0);
	expect(rowAfterKey('End', 5, 100, 10)).toBe(99);
	expect(rowAfterKey('x', 5, 100, 10)).toBeNull();
});
