import { readPng } from './png';
import type { SheetImage } from './sheet';

/** The decoded picture of a tile, in samples of its own. */
export interface TileImage {
	readonly width: number;
	readonly height: number;
	/** To be drawn. */
	readonly source: CanvasImageSource;
	put(x: number, y: number, color: string): void;
	/** `#rrggbb`, or with the alpha where that is not full. */
	color(x: number, y: number): string;
	/** Gives the memory back. */
	close(): void;
}

/**
 * Decodes a PNG. The bitmap is drawn as it came until the first sample is put: most tiles are only looked at, and
 * bitmaps are the quickest to draw.
 */
export async function decodeTile(png: Blob): Promise<TileImage> {
	return new DecodedTile(await createImageBitmap(png, { colorSpaceConversion: 'none' }));
}

/** Decodes a PNG whose translucent colours are to be told exactly. */
export async function decodeExactly(png: Blob): Promise<TileImage> {
	const pixels = await readPng(await png.arrayBuffer());
	if (!pixels) return decodeTile(png);
	const { data, width, height } = pixels;
	return new DecodedTile(await createImageBitmap(new ImageData(data, width, height)), data);
}

/** Decodes the picture of several tiles. */
export async function decodeSheet(png: Blob): Promise<SheetImage> {
	const bitmap = await createImageBitmap(png, { colorSpaceConversion: 'none' });
	return {
		cut: async ({ x, y, w, h }) => new DecodedTile(await createImageBitmap(bitmap, x, y, w, h)),
		close: () => bitmap.close(),
	};
}

class DecodedTile implements TileImage {
	readonly width: number;
	readonly height: number;
	#bitmap: ImageBitmap;
	#canvas: OffscreenCanvas | null = null;
	#context: OffscreenCanvasRenderingContext2D | null = null;

	/** @param exact what was decoded, where a drawing would not tell it exactly */
	constructor(
		bitmap: ImageBitmap,
		readonly exact: Uint8ClampedArray | null = null,
	) {
		this.#bitmap = bitmap;
		this.width = bitmap.width;
		this.height = bitmap.height;
	}

	get source(): CanvasImageSource {
		return this.#canvas ?? this.#bitmap;
	}

	put(x: number, y: number, color: string): void {
		const context = this.#writable();
		// A sample is replaced, not painted over.
		if (color.length > 7) context.clearRect(x, y, 1, 1);
		context.fillStyle = color;
		context.fillRect(x, y, 1, 1);
		this.exact?.set(bytesOf(color), (y * this.width + x) * 4);
	}

	color(x: number, y: number): string {
		const at = (y * this.width + x) * 4;
		if (this.exact) return hexOf(this.exact.subarray(at, at + 4));
		if (this.#context) return hexOf(this.#context.getImageData(x, y, 1, 1).data);
		return hexOf(sampled(this.#bitmap, x, y));
	}

	close(): void {
		this.#bitmap.close();
		if (this.#canvas) this.#canvas.width = 0;
	}

	#writable(): OffscreenCanvasRenderingContext2D {
		if (this.#context) return this.#context;
		const canvas = new OffscreenCanvas(this.width, this.height);
		const context = contextOf(canvas);
		context.drawImage(this.#bitmap, 0, 0);
		this.#bitmap.close();
		this.#canvas = canvas;
		this.#context = context;
		return context;
	}
}

let probe: OffscreenCanvasRenderingContext2D | undefined;

function sampled(bitmap: ImageBitmap, x: number, y: number): Uint8ClampedArray {
	probe ??= contextOf(new OffscreenCanvas(1, 1));
	probe.clearRect(0, 0, 1, 1);
	probe.drawImage(bitmap, -x, -y);
	return probe.getImageData(0, 0, 1, 1).data;
}

function contextOf(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D {
	const context = canvas.getContext('2d', { willReadFrequently: true });
	if (!context) throw new Error('This browser cannot draw pictures');
	return context;
}

function hexOf([r = 0, g = 0, b = 0, a = 255]: Uint8ClampedArray): string {
	const bytes = a === 255 ? [r, g, b] : [r, g, b, a];
	return `#${bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

function bytesOf(color: string): number[] {
	return [1, 3, 5, 7].map((at) => (at < color.length ? Number.parseInt(color.slice(at, at + 2), 16) : 255));
}
