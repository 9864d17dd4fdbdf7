import type { Point } from '../canvas/geometry';

interface Finger {
	id: number;
	place: Point;
}

/** What a movement of one of two fingers does to what lies under both. */
export interface PinchChange {
	dx: number;
	dy: number;
	factor: number;
	about: Point;
}

/** Nearer than this in CSS pixels, the distance of two fingers says nothing. */
const DISTANCE_MIN = 10;

/** Two fingers on the picture. */
export class Pinch {
	#fingers: [Finger, Finger];

	constructor(first: Finger, second: Finger) {
		this.#fingers = [first, second];
	}

	/** `null` where that finger is not one of them. */
	move(id: number, place: Point): PinchChange | null {
		const finger = this.#fingers.find((one) => one.id === id);
		if (!finger) return null;
		const before = this.#spread();
		finger.place = place;
		const after = this.#spread();
		return {
			dx: after.middle.x - before.middle.x,
			dy: after.middle.y - before.middle.y,
			factor: Math.max(after.distance, DISTANCE_MIN) / Math.max(before.distance, DISTANCE_MIN),
			about: after.middle,
		};
	}

	/** The finger that stays when another is lifted; `null` where that is not one of them. */
	without(id: number): Finger | null {
		const [first, second] = this.#fingers;
		if (first.id === id) return second;
		return second.id === id ? first : null;
	}

	#spread(): { middle: Point; distance: number } {
		const [{ place: a }, { place: b }] = this.#fingers;
		return { middle: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }, distance: Math.hypot(b.x - a.x, b.y - a.y) };
	}
}
