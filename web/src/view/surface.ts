import type { Point, Size } from '../canvas/geometry';

interface Colors {
	/** Outside of the canvas. */
	sunken: string;
	/** The squares that are seen through transparent cells; the first of them also stands for cells not yet there. */
	checks: [string, string];
}

interface SurfaceEvents {
	/** It is time for a frame that was asked for. */
	frame(now: number): void;
	/** It has another size or other colours: what was painted is gone, or wrong. */
	lost(): void;
}

/** A canvas element whose pixels are those of the screen, and its frames. */
export class Surface {
	/** In device pixels. */
	pixels: Size = { width: 1, height: 1 };
	/** In CSS pixels. */
	size: Size = { width: 1, height: 1 };
	ratio = 1;
	isVisible = false;
	readonly #context: CanvasRenderingContext2D;
	readonly #stop = new AbortController();
	readonly #sizes: ResizeObserver;
	readonly #themes: MutationObserver;
	#frame: number | null = null;
	#colors: Colors | null = null;

	constructor(
		readonly element: HTMLCanvasElement,
		readonly events: SurfaceEvents,
	) {
		const context = element.getContext('2d', { alpha: false });
		if (!context) throw new Error('This browser cannot draw pictures');
		this.#context = context;
		this.#sizes = new ResizeObserver(() => this.#measure());
		this.#sizes.observe(element);
		this.#themes = new MutationObserver(() => this.#recolor());
		this.#themes.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'class'] });
		const dark = matchMedia('(prefers-color-scheme: dark)');
		dark.addEventListener('change', () => this.#recolor(), { signal: this.#stop.signal });
		// Zooming the page changes the pixel ratio, not always the size.
		addEventListener('resize', () => this.#measure(), { signal: this.#stop.signal });
		this.#fitPixels();
	}

	/** Asks for one frame. */
	request(): void {
		this.#frame ??= requestAnimationFrame((now) => {
			this.#frame = null;
			this.events.frame(now);
		});
	}

	focus(): void {
		this.element.focus();
	}

	/** CSS pixels from the corner of the view. */
	place(clientX: number, clientY: number): Point {
		const { left, top } = this.element.getBoundingClientRect();
		return { x: clientX - left, y: clientY - top };
	}

	/** Clears all, and paints on that. */
	paint(paint: (context: CanvasRenderingContext2D, colors: Colors) => void): void {
		this.#colors ??= colorsOf(this.element);
		const context = this.#context;
		context.fillStyle = this.#colors.sunken;
		context.fillRect(0, 0, this.pixels.width, this.pixels.height);
		paint(context, this.#colors);
	}

	close(): void {
		this.#stop.abort();
		this.#sizes.disconnect();
		this.#themes.disconnect();
		if (this.#frame !== null) cancelAnimationFrame(this.#frame);
	}

	#measure(): void {
		if (this.#fitPixels()) this.events.lost();
	}

	/** Whether the size has changed. */
	#fitPixels(): boolean {
		const { clientWidth: width, clientHeight: height } = this.element;
		const ratio = devicePixelRatio;
		if (width === this.size.width && height === this.size.height && ratio === this.ratio) return false;
		this.size = { width: Math.max(width, 1), height: Math.max(height, 1) };
		this.ratio = ratio;
		this.isVisible = width > 0 && height > 0;
		this.pixels = { width: Math.round(this.size.width * ratio), height: Math.round(this.size.height * ratio) };
		this.element.width = this.pixels.width;
		this.element.height = this.pixels.height;
		return true;
	}

	#recolor(): void {
		this.#colors = null;
		this.events.lost();
	}
}

/** The style sheet gives the element colours that stand for those of the painting. */
function colorsOf(element: HTMLElement): Colors {
	const { backgroundColor, color, borderTopColor } = getComputedStyle(element);
	return { sunken: backgroundColor, checks: [color, borderTopColor] };
}
