import { expect, test } from 'vitest';
import { Slots } from './slots';
import { FakeImage } from './testing';

const BYTES = 256 * 256 * 4;

function filled(count: number): { slots: Slots; images: FakeImage[] } {
	const slots = new Slots(3 * BYTES);
	const images = Array.from({ length: count }, (_, x) => {
		const image = new FakeImage();
		slots.set(slots.use({ z: 6, x, y: 0 }), 'shown', { image, version: 1 });
		return image;
	});
	return { slots, images };
}

test('the longest unused go first, down to the bound', () => {
	const { slots, images } = filled(5);
	slots.use({ z: 6, x: 0, y: 0 });
	slots.shrink(() => false);
	expect(images.map(({ isClosed }) => isClosed)).toEqual([false, true, true, false, false]);
	expect(slots.bytes).toBe(3 * BYTES);
	expect(slots.find({ z: 6, x: 1, y: 0 })).toBeUndefined();
});

test('what is needed stays, even beyond the bound', () => {
	const { slots, images } = filled(5);
	slots.shrink(({ x }) => x < 4);
	expect(images.map(({ isClosed }) => isClosed)).toEqual([false, false, false, false, true]);
});

test('what is replaced gives its memory back', () => {
	const { slots, images } = filled(1);
	const slot = slots.use({ z: 6, x: 0, y: 0 });
	const next = new FakeImage(128, 256);
	slots.set(slot, 'next', { image: next, version: 2 });
	expect(slots.bytes).toBe(1.5 * BYTES);
	slots.promote(slot);
	expect(slots.bytes).toBe(0.5 * BYTES);
	expect(images[0]?.isClosed).toBe(true);
	expect(slot).toMatchObject({ shown: { version: 2 }, next: null });
	slots.clear();
	expect(slots.bytes).toBe(0);
	expect(next.isClosed).toBe(true);
});
