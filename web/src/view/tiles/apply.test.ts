import { expect, test } from 'vitest';
import { applyChange, catchUp } from './apply';
import { TileGrid } from './grid';
import { type Change, ChangeRing } from './ring';
import { FakeImage, slotsWith } from './testing';

const grid = new TileGrid({ width: 1024, height: 1024 });
const full = { z: 2, x: 1, y: 0 };
const half = { z: 1, x: 0, y: 0 };
const whole = { z: 0, x: 0, y: 0 };

test('pixels are painted at every zoom, where they are samples', () => {
	const { slots, images } = slotsWith(grid, [full, half, whole], 5);
	applyChange(grid, slots.all(), {
		from: 5,
		version: 8,
		pixels: [
			[260, 4, '#000001'],
			[262, 6, '#000002'],
			[263, 7, '#000003'],
		],
	});
	const painted = images.map(({ colors }) => Object.fromEntries(colors));
	expect(painted).toEqual([
		{ '4,4': '#000001', '6,6': '#000002', '7,7': '#000003' },
		{ '130,2': '#000001', '131,3': '#000002' },
		{ '65,1': '#000001' },
	]);
	expect([...slots.all()].map((slot) => slot.shown?.version)).toEqual([8, 8, 8]);
});

test('a tile before a gap stays what it was; one within the change takes it', () => {
	const { slots, images } = slotsWith(grid, [full], 4);
	const change: Change = { from: 5, version: 8, pixels: [[260, 4, '#000001']] };
	applyChange(grid, slots.all(), change);
	expect(images[0]?.colors.size).toBe(0);
	const slot = slots.use(full);
	if (slot.shown) slot.shown.version = 6;
	applyChange(grid, slots.all(), change);
	expect(images[0]?.color(4, 4)).toBe('#000001');
	if (slot.shown) slot.shown.version = 9;
	applyChange(grid, slots.all(), { ...change, pixels: [[260, 4, '#000009']] });
	expect(images[0]?.color(4, 4)).toBe('#000001');
});

test('a region makes stale what it touches, and nothing else', () => {
	const beside = { z: 2, x: 2, y: 0 };
	const { slots } = slotsWith(grid, [full, beside], 5);
	applyChange(grid, slots.all(), { from: 5, version: 6, region: { x: 300, y: 0, w: 212, h: 10 } });
	expect([...slots.all()].map((slot) => slot.shown?.version)).toEqual([5, 6]);
});

test('a tile that comes late is brought up to date out of the ring', () => {
	const ring = new ChangeRing();
	ring.push({ from: 5, version: 6, pixels: [[256, 0, '#000006']] });
	ring.push({ from: 6, version: 8, pixels: [[257, 0, '#000008']] });
	const late = { image: new FakeImage(), version: 6 };
	catchUp(grid, full, late, ring);
	expect(late.version).toBe(8);
	expect(Object.fromEntries(late.image.colors)).toEqual({ '1,0': '#000008' });
});

test('it is brought no further than to what must be read again', () => {
	const ring = new ChangeRing();
	ring.push({ from: 5, version: 6, pixels: [[256, 0, '#000006']] });
	ring.push({ from: 6, version: 7, region: { x: 0, y: 0, w: 1024, h: 1024 } });
	ring.push({ from: 7, version: 8, pixels: [[257, 0, '#000008']] });
	const late = { image: new FakeImage(), version: 5 };
	catchUp(grid, full, late, ring);
	expect(late.version).toBe(6);
	expect(Object.fromEntries(late.image.colors)).toEqual({ '0,0': '#000006' });
});

test('the ring is bounded, and never bridges what it has forgotten', () => {
	const ring = new ChangeRing(3);
	for (let version = 1; version <= 5; version += 1) {
		ring.push({ from: version - 1, version, pixels: [[version, 0, '#000000']] });
	}
	expect(ring.after(5)).toEqual([]);
	expect(ring.after(2)?.map(({ version }) => version)).toEqual([3, 4, 5]);
	expect(ring.after(1)).toBeNull();
	const late = { image: new FakeImage(), version: 1 };
	catchUp(grid, full, late, ring);
	expect(late.version).toBe(1);
	expect(late.image.colors.size).toBe(0);
});
