import type { Camera, Point, Rect, Size } from '../canvas/geometry';
import type { CanvasStore } from '../canvas/store';
import { clampCamera, fitCamera, panned, zoomAbout } from './camera';
import { isMotionReduced, type Motion, moving, zooming } from './motion';

/** Cells that are kept free between what is brought into sight and the edge. */
const SIGHT_MARGIN = 2;

export interface PilotHost {
	/** The view in CSS pixels. */
	size(): Size;
	/** Device pixels a CSS pixel. */
	ratio(): number;
	/** A frame is needed to go on. */
	request(): void;
}

/** Moves the camera of a store, at once or over several frames. */
export class Pilot {
	#motion: Motion | null = null;
	/** The zoom that is being approached. */
	#zoomTarget: number | null = null;
	/** The camera that showed the whole, as long as it is not moved: it is kept whole when the size changes. */
	#whole: Camera | null = null;

	constructor(
		readonly store: CanvasStore,
		readonly host: PilotHost,
	) {}

	camera(): Camera {
		const { camera } = this.store.getState();
		return this.#clamped(camera ?? this.#fitted());
	}

	fit(region?: Rect): void {
		this.#go(this.#fitted(region), true, !region);
	}

	/** One CSS pixel a cell. */
	actualSize(): void {
		this.moveTo({ ...this.camera(), zoom: 1 }, { animate: true });
	}

	moveTo(camera: Camera, options: { animate?: boolean } = {}): void {
		this.#go(camera, options.animate ?? false, false);
	}

	/** About a place in CSS pixels from the view's corner. */
	zoomBy(factor: number, about?: Point): void {
		const view = this.host.size();
		const place = about ?? { x: view.width / 2, y: view.height / 2 };
		const from = this.camera();
		const { zoom } = this.#clamped({ ...from, zoom: (this.#zoomTarget ?? from.zoom) * factor });
		if (isMotionReduced()) {
			this.#place(zoomAbout(from, zoom, place, view));
			return;
		}
		this.#zoomTarget = zoom;
		this.#start(zooming(zoom, place, view, performance.now()));
	}

	/** Without an animation, as fingers move. */
	zoomAtOnce(factor: number, about: Point): void {
		const from = this.camera();
		const { zoom } = this.#clamped({ ...from, zoom: from.zoom * factor });
		this.#place(zoomAbout(from, zoom, about, this.host.size()));
	}

	/** Moves the picture by CSS pixels. */
	pan(dx: number, dy: number): void {
		this.#place(panned(this.camera(), dx, dy));
	}

	/** Moves as little as it takes to see a cell, given the cells in sight. */
	bringIntoSight(cell: Point, { x, y, w, h }: Rect): void {
		const [marginX, marginY] = [Math.min(SIGHT_MARGIN, w / 4), Math.min(SIGHT_MARGIN, h / 4)];
		const camera = this.camera();
		const dx = Math.min(cell.x - x - marginX, 0) + Math.max(cell.x + 1 - (x + w) + marginX, 0);
		const dy = Math.min(cell.y - y - marginY, 0) + Math.max(cell.y + 1 - (y + h) + marginY, 0);
		if (dx !== 0 || dy !== 0) this.#place({ ...camera, x: camera.x + dx, y: camera.y + dy });
	}

	/** The view has another size. */
	resized(): void {
		const { camera } = this.store.getState();
		if (camera && camera !== this.#whole) return;
		this.#set(this.#fitted(), true);
	}

	/** One frame of what is under way. */
	advance(now: number): void {
		const camera = this.#motion?.(this.camera(), now);
		if (camera) {
			this.#set(camera);
			this.host.request();
		} else {
			this.#motion = null;
			this.#zoomTarget = null;
		}
	}

	#go(camera: Camera, isAnimated: boolean, isWhole: boolean): void {
		const to = this.#clamped(camera);
		if (!isAnimated || isMotionReduced()) {
			this.#place(to, isWhole);
			return;
		}
		this.#zoomTarget = null;
		const motion = moving(this.camera(), to, performance.now());
		this.#start((from, now) => {
			const next = motion(from, now);
			if (!next) this.#set(to, isWhole);
			return next;
		});
	}

	#start(motion: Motion): void {
		this.#motion = motion;
		this.host.request();
	}

	/** Ends what is under way, and is there. */
	#place(camera: Camera, isWhole = false): void {
		this.#motion = null;
		this.#zoomTarget = null;
		this.#set(camera, isWhole);
	}

	#set(camera: Camera, isWhole = false): void {
		const clamped = this.#clamped(camera);
		if (isWhole) this.#whole = clamped;
		this.store.getState().set({ camera: clamped });
	}

	#clamped(camera: Camera): Camera {
		return clampCamera(camera, this.store.getState().canvas, this.host.size());
	}

	#fitted(region?: Rect): Camera {
		const { width, height } = this.store.getState().canvas;
		return fitCamera(region ?? { x: 0, y: 0, w: width, h: height }, this.host.size(), this.host.ratio());
	}
}
