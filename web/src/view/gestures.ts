import type { Point } from '../canvas/geometry';
import { Pinch } from './pinch';
import type { PointerTool } from './view';

/** What gestures act on. Places are in CSS pixels from the view's corner. */
export interface GestureHost {
	tool(): PointerTool | null;
	place(event: MouseEvent): Point;
	cellAt(place: Point): Point;
	pan(dx: number, dy: number): void;
	/** At once. */
	zoom(factor: number, about: Point): void;
	/** With a little delay, as for a wheel that turns in steps. */
	zoomSmoothly(factor: number, about: Point): void;
	/** A click, with no tool. */
	choose(cell: Point): void;
	hover(place: Point | null): void;
	/** What the pointer would do has changed, or a pan begins or ends. */
	cursor(isPanning: boolean, isPanReady: boolean): void;
}

/** CSS pixels that a click may go. */
const CLICK_SLACK = { mouse: 3, other: 9 };

type Doing =
	| { kind: 'drawing'; pointer: number; tool: PointerTool }
	| { kind: 'panning'; pointer: number; start: Point; last: Point; isClick: boolean }
	| { kind: 'pinching'; pinch: Pinch };

/** Tells from pointers what is meant: drawing, panning, pinching, a click. */
export class Gestures {
	#doing: Doing | null = null;
	#isSpaceDown = false;
	/** Where the pointer that draws is, for when a second one comes. */
	#drawnTo: Point = { x: 0, y: 0 };

	constructor(readonly host: GestureHost) {}

	get isBusy(): boolean {
		return this.#doing !== null;
	}

	/** While it is held, a drag pans whatever the tool. */
	space(isDown: boolean): void {
		this.#isSpaceDown = isDown;
		this.showCursor();
	}

	down(event: PointerEvent): void {
		const place = this.host.place(event);
		if (this.#doing?.kind === 'pinching') return;
		if (this.#doing) {
			if (event.pointerType !== 'touch') return;
			this.#pinchWith(event.pointerId, place);
			return;
		}
		const tool = this.#isSpaceDown || event.button !== 0 ? null : this.host.tool();
		if (tool) {
			this.#doing = { kind: 'drawing', pointer: event.pointerId, tool };
			this.#drawnTo = place;
			tool.down(this.host.cellAt(place), event);
		} else {
			const isClick = event.button === 0 && !this.#isSpaceDown && !this.host.tool();
			this.#doing = { kind: 'panning', pointer: event.pointerId, start: place, last: place, isClick };
		}
		this.showCursor();
	}

	move(event: PointerEvent): void {
		const place = this.host.place(event);
		const doing = this.#doing;
		if (doing?.kind === 'pinching') {
			this.#pinch(doing.pinch, event.pointerId, place);
			return;
		}
		if (doing && doing.pointer !== event.pointerId) return;
		this.host.hover(place);
		if (doing?.kind === 'drawing') {
			this.#drawnTo = place;
			doing.tool.move(this.#cellsOf(event, place), event);
		} else if (doing) this.#pan(doing, place, event.pointerType);
	}

	up(event: PointerEvent): void {
		const doing = this.#doing;
		if (doing?.kind === 'pinching') {
			this.#endPinch(doing.pinch, event.pointerId);
			return;
		}
		if (!doing || doing.pointer !== event.pointerId) return;
		this.#doing = null;
		const cell = this.host.cellAt(this.host.place(event));
		if (doing.kind === 'drawing') doing.tool.up(cell, event);
		else if (doing.isClick) this.host.choose(cell);
		if (event.pointerType === 'touch') this.host.hover(null);
		this.showCursor();
	}

	/** The browser took the pointer away, or Escape. */
	cancel(pointer?: number): void {
		const doing = this.#doing;
		if (!doing) return;
		if (doing.kind === 'pinching') {
			if (pointer === undefined) this.#doing = null;
			else this.#endPinch(doing.pinch, pointer);
		} else if (pointer === undefined || pointer === doing.pointer) {
			this.#doing = null;
			if (doing.kind === 'drawing') doing.tool.cancel();
		}
		this.showCursor();
	}

	leave(): void {
		if (!this.#doing) this.host.hover(null);
	}

	wheel(event: WheelEvent): void {
		const unit = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1;
		const [dx, dy] = [event.deltaX * unit, event.deltaY * unit];
		const about = this.host.place(event);
		// Trackpads tell a pinch by the control key, in small steps.
		if (event.ctrlKey) this.host.zoom(Math.exp(-clampStep(dy) * 0.01), about);
		else if (Math.abs(dx) > Math.abs(dy)) this.host.pan(-dx, 0);
		else this.host.zoomSmoothly(Math.exp(-clampStep(dy) * 0.002), about);
	}

	/** Says what the pointer would do. */
	showCursor(): void {
		const doing = this.#doing;
		const isPanning = doing?.kind === 'pinching' || (doing?.kind === 'panning' && !doing.isClick);
		this.host.cursor(isPanning, this.#isSpaceDown);
	}

	#pinchWith(pointer: number, place: Point): void {
		const first = this.#doing;
		if (!first || first.kind === 'pinching') return;
		if (first.kind === 'drawing') first.tool.cancel();
		const from = first.kind === 'panning' ? first.last : this.#drawnTo;
		const pinch = new Pinch({ id: first.pointer, place: from }, { id: pointer, place });
		this.#doing = { kind: 'pinching', pinch };
		this.host.hover(null);
	}

	#pinch(pinch: Pinch, pointer: number, place: Point): void {
		const change = pinch.move(pointer, place);
		if (!change) return;
		this.host.pan(change.dx, change.dy);
		this.host.zoom(change.factor, change.about);
	}

	/** The finger that stays pans; it neither draws nor clicks. */
	#endPinch(pinch: Pinch, pointer: number): void {
		const other = pinch.without(pointer);
		if (!other) return;
		const { id, place } = other;
		this.#doing = { kind: 'panning', pointer: id, start: place, last: place, isClick: false };
		this.showCursor();
	}

	#pan(doing: Doing & { kind: 'panning' }, place: Point, pointerType: string): void {
		const slack = pointerType === 'mouse' ? CLICK_SLACK.mouse : CLICK_SLACK.other;
		if (doing.isClick && Math.hypot(place.x - doing.start.x, place.y - doing.start.y) <= slack) return;
		doing.isClick = false;
		this.host.pan(place.x - doing.last.x, place.y - doing.last.y);
		doing.last = place;
		this.showCursor();
	}

	/** Where the pointer was since the last event. */
	#cellsOf(event: PointerEvent, place: Point): Point[] {
		const events = event.getCoalescedEvents?.() ?? [];
		const places = events.length > 0 ? events.map((one) => this.host.place(one)) : [place];
		return places.map((one) => this.host.cellAt(one));
	}
}

/** One event zooms by so much at most: some wheels tell a thousand pixels at once. */
function clampStep(delta: number): number {
	return Math.max(-300, Math.min(300, delta));
}
