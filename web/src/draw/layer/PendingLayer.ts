import type { Point, Size } from '../../canvas/geometry';
import type { Layer, Transform } from '../../view/view';
import type { Color } from '../colors';
import { groundPattern, hatchPattern, PATTERN_SIDE } from './patterns';
import { covers, paintShown, type Shown } from './shown';

/** `waiting`: not acknowledged. `saved`: acknowledged, and not in the picture yet. `refused`: shown once more. */
type Standing = 'waiting' | 'saved' | 'refused';

interface Item {
	step: string;
	shown: Shown;
	standing: Standing;
}

/** What a tool paints while it is used. */
export interface DraftPicture {
	show(...shown: Shown[]): void;
	remove(): void;
}

const REFUSED_SHOWN_MS = 900;

/** What was drawn and is not in the picture yet. What nobody has acknowledged is hatched. */
export class PendingLayer implements Layer {
	readonly order = 20;
	/** In the order made. */
	#items = new Map<string, Item>();
	#drafts = new Set<Shown[]>();
	/** Steps that are to be taken back before they are there. */
	#hidden = new Set<string>();
	#scratch: Scratch | null = null;
	/** A moment of the past does not have them. */
	isShown = true;

	constructor(
		readonly canvas: Size,
		readonly repaint: () => void,
	) {}

	wait(id: string, step: string, shown: Shown): void {
		this.#items.set(id, { step, shown, standing: 'waiting' });
		this.repaint();
	}

	acknowledge(id: string): void {
		this.#stand(id, 'saved');
	}

	remove(id: string): void {
		if (this.#items.delete(id)) this.repaint();
	}

	/** It was taken back. */
	removeStep(step: string): void {
		for (const [id, item] of this.#items) if (item.step === step) this.remove(id);
	}

	/** It is seen going. */
	refuse(id: string): void {
		this.#stand(id, 'refused');
		setTimeout(() => this.remove(id), REFUSED_SHOWN_MS);
	}

	hide(steps: Iterable<string>): void {
		this.#hidden = new Set(steps);
		this.repaint();
	}

	draft(): DraftPicture {
		const drawn: Shown[] = [];
		this.#drafts.add(drawn);
		return {
			show: (...shown) => {
				drawn.splice(0, drawn.length, ...shown);
				this.repaint();
			},
			remove: () => {
				this.#drafts.delete(drawn);
				this.repaint();
			},
		};
	}

	/** What is shown, the lowest first. */
	shown(): Shown[] {
		return [...this.#of('saved'), ...this.#of('waiting')];
	}

	/** The colour that a cell is going to have; `null` where nothing was drawn, or a picture was pasted. */
	colorAt({ x, y }: Point): Color | null {
		const cell = y * this.canvas.width + x;
		const found = this.shown().findLast((one) => one.kind === 'cells' && covers(one.runs, cell));
		return found?.kind === 'cells' ? found.color : null;
	}

	paint(context: CanvasRenderingContext2D, transform: Transform): void {
		if (!this.isShown || this.#items.size + this.#drafts.size === 0) return;
		this.#scratch ??= new Scratch();
		const { ground } = this.#scratch;
		for (const shown of this.#of('saved')) paintShown(context, transform, this.canvas, shown, ground);
		this.#scratch.paintMarked(context, transform, this.canvas, this.#of('waiting'), 'hatch');
		this.#scratch.paintMarked(context, transform, this.canvas, this.#of('refused'), 'alarm');
		for (const draft of this.#drafts) {
			for (const shown of draft) paintShown(context, transform, this.canvas, shown, ground);
		}
	}

	#stand(id: string, standing: Standing): void {
		const item = this.#items.get(id);
		if (!item) return;
		item.standing = standing;
		this.repaint();
	}

	#of(standing: Standing): Shown[] {
		return [...this.#items.values()].flatMap((item) =>
			item.standing === standing && !this.#hidden.has(item.step) ? [item.shown] : [],
		);
	}
}

/** Where things are painted first that are marked as a whole. */
class Scratch {
	readonly #context: OffscreenCanvasRenderingContext2D;
	readonly #hatch: CanvasPattern;
	readonly ground: CanvasPattern;

	constructor() {
		const context = new OffscreenCanvas(1, 1).getContext('2d');
		if (!context) throw new Error('The browser gave no picture to paint on');
		this.#context = context;
		this.#hatch = hatchPattern(context);
		this.ground = groundPattern(context);
	}

	paintMarked(
		target: CanvasRenderingContext2D,
		transform: Transform,
		canvas: Size,
		all: Shown[],
		mark: 'hatch' | 'alarm',
	): void {
		if (all.length === 0) return;
		const context = this.#context;
		const { width, height } = transform.view;
		// Setting a size clears, too.
		context.canvas.width = width;
		context.canvas.height = height;
		for (const shown of all) paintShown(context, transform, canvas, shown, this.ground);
		context.globalCompositeOperation = 'source-atop';
		// The lines move with the picture.
		this.#hatch.setTransform(new DOMMatrix().translate(transform.left % PATTERN_SIDE, transform.top % PATTERN_SIDE));
		context.fillStyle = mark === 'hatch' ? this.#hatch : 'rgb(220 30 20 / 70%)';
		context.fillRect(0, 0, width, height);
		context.globalCompositeOperation = 'source-over';
		target.drawImage(context.canvas, 0, 0);
	}
}
