import type { Point, Rect, Size } from '../canvas/geometry';
import { clamp } from './camera';
import { placeOf } from './transform';
import type { Layer, PointerTool, Transform } from './view';

/** What the cursor acts on. */
export interface CursorHost {
	canvas: Size;
	tool(): PointerTool | null;
	/** It is somewhere else, or gone. */
	moved(cell: Point | null): void;
	/** It acted with no tool. */
	choose(cell: Point): void;
}

/**
 * A cell that is chosen by the keyboard in place of the pointer. A key held down is the button held down: what is drawn
 * with the pointer can be drawn with the arrows.
 */
export class CellCursor implements Layer {
	readonly order = 50;
	#cell: Point | null = null;
	#drawing: PointerTool | null = null;

	constructor(readonly host: CursorHost) {}

	get cell(): Point | null {
		return this.#cell;
	}

	get isDown(): boolean {
		return this.#drawing !== null;
	}

	show(cell: Point): void {
		const { width, height } = this.host.canvas;
		this.#cell = { x: clamp(cell.x, 0, width - 1), y: clamp(cell.y, 0, height - 1) };
		this.host.moved(this.#cell);
	}

	hide(): void {
		this.cancel();
		if (!this.#cell) return;
		this.#cell = null;
		this.host.moved(null);
	}

	move(dx: number, dy: number): void {
		const from = this.#cell;
		if (!from) return;
		this.show({ x: from.x + dx, y: from.y + dy });
		if (this.#cell) this.#drawing?.move([this.#cell], eventOf('pointermove'));
	}

	/** The button goes down. */
	press(): void {
		if (!this.#cell || this.#drawing) return;
		this.#drawing = this.host.tool();
		if (this.#drawing) this.#drawing.down(this.#cell, eventOf('pointerdown'));
		else this.host.choose(this.#cell);
	}

	/** The button goes up. */
	release(): void {
		const tool = this.#drawing;
		this.#drawing = null;
		if (this.#cell) tool?.up(this.#cell, eventOf('pointerup'));
	}

	/** As if the button had not gone down. */
	cancel(): void {
		const tool = this.#drawing;
		this.#drawing = null;
		tool?.cancel();
	}

	paint(context: CanvasRenderingContext2D, transform: Transform): void {
		if (!this.#cell) return;
		const place = placeOf(transform, { ...this.#cell, w: 1, h: 1 });
		const width = Math.max(2, Math.round(2 * transform.ratio));
		// White within black is seen on every picture.
		frame(context, place, width, 2 * width, 'black');
		frame(context, place, width, width, 'white');
	}
}

/** A frame around a place, `distance` outside of it. */
function frame(context: CanvasRenderingContext2D, place: Rect, width: number, distance: number, color: string): void {
	context.strokeStyle = color;
	context.lineWidth = width;
	const out = distance - width / 2;
	context.strokeRect(place.x - out, place.y - out, place.w + 2 * out, place.h + 2 * out);
}

/** For tools, a key is the primary button. */
function eventOf(type: string): PointerEvent {
	const isUp = type === 'pointerup';
	return new PointerEvent(type, { isPrimary: true, button: 0, buttons: isUp ? 0 : 1, pressure: isUp ? 0 : 0.5 });
}
