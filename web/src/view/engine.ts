import type { Feed } from '../canvas/feed';
import type { Camera, Point, Rect, Size } from '../canvas/geometry';
import { LIVE, type Moment, versionOf } from '../canvas/moment';
import type { CanvasStore } from '../canvas/store';
import type { Pixlog } from '../client';
import { CellCursor } from './cursor';
import { paintGrid, paintGround, paintTiles } from './paint';
import { Pilot } from './pilot';
import { Surface } from './surface';
import { TILE_SIDE, type TileId } from './tiles/grid';
import { TilePyramid } from './tiles/pyramid';
import { tilesFrom } from './tiles/remote';
import { cellAt, cellsInSight, placeOf, transformOf } from './transform';
import type { Layer, PointerTool, Transform, View } from './view';

/** The lines lie over what is or will be in cells, and under marks. */
const GRID_ORDER = 35;

/** Shows a canvas through the camera of a store: loads what is in sight, paints when something changed. */
export class ViewEngine implements View {
	readonly pyramid: TilePyramid;
	readonly cursor: CellCursor;
	readonly pilot: Pilot;
	/** Set by what listens to the pointers. */
	toolChanged: (() => void) | null = null;
	#surface: Surface | null = null;
	#layers = new Map<string, Layer>();
	#tool: PointerTool | null = null;
	#painted = new Set<() => void>();
	#moment: Moment = LIVE;
	#pointer: Point | null = null;
	#isDirty = true;
	/** What the pyramid was told last. */
	#seen: Transform | null = null;

	constructor(
		readonly store: CanvasStore,
		pixlog: Pixlog,
	) {
		const { canvas, head } = store.getState();
		this.pyramid = new TilePyramid({
			canvas,
			head,
			tiles: tilesFrom(pixlog, canvas),
			// A sheet is drawn in parts, and does not tell translucent colours exactly.
			hasSheets: canvas.mode !== 'rgba',
			changed: () => this.repaint(),
		});
		this.pilot = new Pilot(store, {
			size: () => this.size(),
			ratio: () => this.#surface?.ratio ?? 1,
			request: () => this.#surface?.request(),
		});
		this.cursor = new CellCursor({
			canvas,
			tool: () => this.#tool,
			moved: (cell) => {
				store.getState().set({ hover: cell });
				if (cell) this.pilot.bringIntoSight(cell, this.cellsInSight());
				this.repaint();
			},
			choose: (cell) => this.choose(cell),
		});
		this.#layers.set('cursor', this.cursor);
		this.#layers.set('grid', {
			order: GRID_ORDER,
			paint: (context, transform) => paintGrid(context, transform, this.cellsInSight()),
		});
	}

	/** Takes a canvas element to paint on. Returns what gives it back. */
	attach(element: HTMLCanvasElement): () => void {
		const surface = new Surface(element, { frame: (now) => this.#frame(now), lost: () => this.#restore() });
		this.#surface = surface;
		const unsubscribe = this.store.subscribe((state, before) => {
			if (state.head !== before.head) this.#reach(state.head);
			if (state.camera !== before.camera) this.repaint();
			if (state.connection === 'open' && before.connection !== 'open') this.pyramid.retry();
		});
		const rest = () => this.pyramid.rest(document.hidden);
		document.addEventListener('visibilitychange', rest);
		rest();
		this.#restore();
		return () => {
			unsubscribe();
			document.removeEventListener('visibilitychange', rest);
			surface.close();
			this.#surface = null;
			this.#seen = null;
			this.pyramid.close();
		};
	}

	/** Takes the changes of the canvas. Returns what ends that. */
	follow(feed: Feed): () => void {
		this.pyramid.start(this.store.getState().head);
		return feed.subscribe({
			pixels: (event) => this.pyramid.change(event),
			state: (event) => this.pyramid.change(event),
		});
	}

	look(moment: Moment): void {
		this.#moment = moment;
		const version = versionOf(moment, this.store.getState().head);
		this.pyramid.look(moment.kind === 'live' ? moment : { kind: 'version', version });
	}

	/** Tells of each frame that was painted. Returns what ends that. */
	onPaint = (painted: () => void): (() => void) => {
		this.#painted.add(painted);
		return () => this.#painted.delete(painted);
	};

	tool(): PointerTool | null {
		return this.#tool;
	}

	setLayer(id: string, layer: Layer | null): void {
		if (layer) this.#layers.set(id, layer);
		else this.#layers.delete(id);
		this.repaint();
	}

	setTool(tool: PointerTool | null): void {
		if (tool === this.#tool) return;
		this.cursor.cancel();
		this.#tool = tool;
		this.toolChanged?.();
	}

	repaint(): void {
		this.#isDirty = true;
		this.#surface?.request();
	}

	size(): Size {
		return this.#surface?.size ?? { width: 1, height: 1 };
	}

	transform(): Transform {
		const { pixels = { width: 1, height: 1 }, ratio = 1 } = this.#surface ?? {};
		return transformOf(this.pilot.camera(), pixels, ratio);
	}

	cellsInSight(): Rect {
		return cellsInSight(this.transform(), this.pyramid.grid.canvas);
	}

	toCell(clientX: number, clientY: number): Point {
		return this.cellAt(this.place(clientX, clientY));
	}

	/** CSS pixels from the view's corner. */
	place(clientX: number, clientY: number): Point {
		return this.#surface?.place(clientX, clientY) ?? { x: clientX, y: clientY };
	}

	/** The cell at a place in CSS pixels from the view's corner. */
	cellAt({ x, y }: Point): Point {
		const transform = this.transform();
		return cellAt(transform, x * transform.ratio, y * transform.ratio);
	}

	/** The pointer is at a place in CSS pixels from the view's corner, or not over the view. */
	hover(place: Point | null): void {
		this.#pointer = place;
		this.#setHover();
	}

	/** Chooses a cell for inspection; beside the canvas, none. */
	choose(cell: Point): void {
		this.store.getState().set({ inspected: this.#isOnCanvas(cell) ? cell : null });
	}

	/** Shows the cell cursor, in the middle of the view. */
	showCursor(): void {
		const { x, y } = this.pilot.camera();
		if (!this.cursor.cell) this.cursor.show({ x: Math.floor(x), y: Math.floor(y) });
	}

	/** Shows the cell cursor; where it is shown, starts or ends a stroke. */
	enter(): void {
		if (!this.cursor.cell) {
			this.#surface?.focus();
			this.showCursor();
		} else if (this.cursor.isDown) this.cursor.release();
		else this.cursor.press();
	}

	colorAt(cell: Point): string | null {
		const { grid, slots } = this.pyramid;
		if (!this.#isOnCanvas(cell)) return null;
		const { x, y } = cell;
		const id: TileId = { z: grid.maxZ, x: Math.floor(x / TILE_SIDE), y: Math.floor(y / TILE_SIDE) };
		return slots.find(id)?.shown?.image.color(x % TILE_SIDE, y % TILE_SIDE) ?? null;
	}

	fit(region?: Rect): void {
		this.pilot.fit(region);
	}

	moveTo(camera: Camera, options?: { animate?: boolean }): void {
		this.pilot.moveTo(camera, options);
	}

	zoomBy(factor: number, about?: Point): void {
		this.pilot.zoomBy(factor, about);
	}

	async settled(): Promise<void> {
		this.#see();
		await this.pyramid.settled();
		if (this.#isDirty) this.#paint();
	}

	#reach(head: number): void {
		this.pyramid.reach(head);
		// A version that was beyond the head may have come.
		this.look(this.#moment);
	}

	#isOnCanvas({ x, y }: Point): boolean {
		const { width, height } = this.pyramid.grid.canvas;
		return x >= 0 && y >= 0 && x < width && y < height;
	}

	/** The picture moves under the pointer as well as the pointer over it. */
	#setHover(): void {
		if (this.cursor.cell) return;
		const { hover, set } = this.store.getState();
		const cell = this.#pointer && this.cellAt(this.#pointer);
		const next = cell && this.#isOnCanvas(cell) ? cell : null;
		if (hover?.x !== next?.x || hover?.y !== next?.y) set({ hover: next });
	}

	/** Nothing is painted yet, or no longer. */
	#restore(): void {
		if (!this.#surface?.isVisible) return;
		this.pilot.resized();
		this.#see();
		this.#paint();
	}

	#frame(now: number): void {
		this.pilot.advance(now);
		this.#see();
		if (this.#isDirty) this.#paint();
	}

	/** Tells the pyramid what is in sight, where that has changed. */
	#see(): void {
		if (!this.#surface?.isVisible) return;
		const transform = this.transform();
		if (this.#seen && isSame(this.#seen, transform)) return;
		this.#seen = transform;
		if (this.#pointer) this.#setHover();
		const { grid } = this.pyramid;
		const range = grid.rangeOf(grid.zoomFor(transform.scale), this.cellsInSight());
		const { x, y } = this.pilot.camera();
		this.pyramid.see({ range, centre: { x, y } });
	}

	#paint(): void {
		const surface = this.#surface;
		if (!surface?.isVisible) return;
		this.#isDirty = false;
		const transform = this.transform();
		const { width, height, mode } = this.store.getState().canvas;
		const { grid } = this.pyramid;
		const cells = this.cellsInSight();
		surface.paint((context, colors) => {
			const place = placeOf(transform, { x: 0, y: 0, w: width, h: height });
			paintGround(context, transform, place, colors.checks, mode === 'rgba');
			paintTiles(context, transform, this.pyramid, grid.rangeOf(grid.zoomFor(transform.scale), cells));
			for (const layer of [...this.#layers.values()].sort((a, b) => a.order - b.order)) {
				context.save();
				layer.paint(context, transform);
				context.restore();
			}
		});
		for (const painted of this.#painted) painted();
	}
}

function isSame(a: Transform, b: Transform): boolean {
	const { view } = a;
	if (view.width !== b.view.width || view.height !== b.view.height) return false;
	return a.scale === b.scale && a.left === b.left && a.top === b.top;
}
