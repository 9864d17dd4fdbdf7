import { createStore as createKept, del, get, set } from 'idb-keyval';
import { createStore } from 'zustand/vanilla';
import type { Rect } from '../../canvas/geometry';
import type { CanvasBody } from '../../client';
import { notifyError } from '../../ui/notices';
import type { Layer, Transform, View } from '../../view/view';
import { hasAlpha } from '../colors';
import { placed } from '../layer/shown';
import type { Bytes, Write } from '../outbox/entry';
import { clipRect } from '../raster/shape';
import { pictureOf } from './picture';

/** A picture to draw after: as it was chosen. */
export interface Picture {
	name: string;
	type: string;
	bytes: Bytes;
}

export interface Placement {
	/** The cell of its left upper corner; it may lie outside of the canvas. */
	x: number;
	y: number;
	/** Cells a pixel. */
	scale: number;
	opacity: number;
	isShown: boolean;
}

export interface TemplateState extends Placement {
	picture: Picture | null;
	image: ImageBitmap | null;
}

export const SCALE_MAX = 64;
const FIRST: Placement = { x: 0, y: 0, scale: 1, opacity: 0.5, isShown: true };

interface Kept extends Placement {
	picture: Picture;
}

let kept: ReturnType<typeof createKept> | undefined;

/** Where templates are kept; made when it is first needed, for not every browser has it. */
function keptTemplates() {
	kept ??= createKept('pixlog-templates', 'templates');
	return kept;
}

/** A picture over the canvas that only this browser knows, until it is pasted. */
export class Template implements Layer {
	readonly order = 10;
	readonly state = createStore<TemplateState>()(() => ({ ...FIRST, picture: null, image: null }));

	constructor(
		readonly canvas: CanvasBody,
		readonly view: View,
	) {}

	/** Shows what was kept for the canvas; returns what ends it. */
	start(): () => void {
		this.view.setLayer('template', this);
		const unsubscribe = this.state.subscribe(() => this.view.repaint());
		if (!this.state.getState().picture) void this.#load().catch(notifyError);
		return () => {
			unsubscribe();
			this.view.setLayer('template', null);
		};
	}

	/** Puts a picture over the middle of the canvas. */
	async open(file: File): Promise<void> {
		const image = await createImageBitmap(file).catch(() => {
			throw new Error(`${file.name} is not a picture that this browser can show`);
		});
		const picture = { name: file.name, type: file.type, bytes: new Uint8Array(await file.arrayBuffer()) };
		const x = Math.max(0, Math.floor((this.canvas.width - image.width) / 2));
		const y = Math.max(0, Math.floor((this.canvas.height - image.height) / 2));
		this.state.setState({ ...FIRST, x, y, picture, image });
		await this.#keep();
	}

	place(placement: Partial<Placement>): void {
		this.state.setState(placement);
		void this.#keep().catch(notifyError);
	}

	async remove(): Promise<void> {
		this.state.setState({ ...FIRST, picture: null, image: null });
		await del(this.canvas.name, keptTemplates());
	}

	/** What of the canvas it covers. */
	region(): Rect | null {
		const { image, x, y, scale } = this.state.getState();
		return image && clipRect({ x, y, w: image.width * scale, h: image.height * scale }, this.canvas);
	}

	/** What pastes it as it lies. Where the canvas knows no transparency, what is see-through becomes its background. */
	async write(): Promise<Write> {
		const region = this.region();
		const { picture, image, x, y, scale } = this.state.getState();
		if (!region || !picture || !image) throw new Error('The template does not lie on the canvas');
		const flatten = hasAlpha(this.canvas.mode) ? null : this.canvas.background;
		const { bytes, type } = await pictureOf(picture, image, { x, y, scale }, region);
		return { kind: 'picture', picture: bytes, type, region, flatten };
	}

	paint(context: CanvasRenderingContext2D, transform: Transform): void {
		const { image, isShown, opacity, x, y, scale } = this.state.getState();
		if (!image || !isShown) return;
		const place = placed(transform, { x, y, w: image.width * scale, h: image.height * scale });
		context.save();
		context.globalAlpha = opacity;
		context.imageSmoothingEnabled = false;
		context.drawImage(image, place.x, place.y, place.w, place.h);
		context.restore();
	}

	async #load(): Promise<void> {
		const found = await get<Kept>(this.canvas.name, keptTemplates());
		if (!found) return;
		const image = await createImageBitmap(new Blob([found.picture.bytes], { type: found.picture.type }));
		this.state.setState({ ...found, image });
	}

	async #keep(): Promise<void> {
		const { image: _, picture, ...placement } = this.state.getState();
		if (picture) await set(this.canvas.name, { ...placement, picture }, keptTemplates());
	}
}
