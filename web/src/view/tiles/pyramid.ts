import type { Size } from '../../canvas/geometry';
import { LIVE, type Moment } from '../../canvas/moment';
import { ApiError } from '../../client';
import { applyChange, catchUp } from './apply';
import { TileGrid, type TileId, tilesOf } from './grid';
import type { TileImage } from './image';
import { type FetchTile, TileLoader, type TileRequest } from './loader';
import { isNear, planOf, type Sight } from './plan';
import { type Change, ChangeRing } from './ring';
import { sheetFor } from './sheet';
import { type Slot, Slots, type Tile } from './slots';
import { Waiters } from './waiters';

/** How long tiles of another moment are kept back at most, so that all in sight change at once. */
const HOLD_MS = 120;
/** A tile of a canvas that changes all the time is not read more often. */
const RELOAD_MS = 250;
/** After another moment, what is around the sight waits: the next moment may come first. */
const RING_AFTER_MS = 300;
const RETRY_AFTER_MS = 5000;

export interface PyramidOptions {
	canvas: Size;
	/** The newest version, as far as it is known. */
	head: number;
	/** How tiles are got. */
	tiles(grid: TileGrid): FetchTile;
	/** What is shown has changed, or what is known of its loading. */
	changed(): void;
	/** Whether several tiles may come as one picture. */
	hasSheets?: boolean;
	bytesMax?: number;
	flightsMax?: number;
}

/** The tiles of a canvas at one moment, at all zooms: loaded when in sight, kept up to date while live. */
export class TilePyramid {
	readonly grid: TileGrid;
	readonly slots: Slots;
	#loader: TileLoader;
	#ring = new ChangeRing();
	#waiters = new Waiters();
	#moment: Moment = LIVE;
	/** The newest version that was told by a change, or was known at the start. */
	#reached: number;
	#head: number;
	#sight: Sight = { range: { z: 0, x0: 0, y0: 0, x1: 0, y1: 0 }, centre: { x: 0, y: 0 } };
	#heldSince: number | null = null;
	#lookedAt = 0;
	#isResting = false;
	#timer: ReturnType<typeof setTimeout> | undefined;

	constructor(readonly options: PyramidOptions) {
		const { canvas, head, bytesMax = 64 << 20, flightsMax } = options;
		this.grid = new TileGrid(canvas);
		this.slots = new Slots(bytesMax);
		this.#reached = head;
		this.#head = head;
		const fetchTile = options.tiles(this.grid);
		const askTile: FetchTile = (request, signal) => {
			this.slots.use(request).askedAt = performance.now();
			return fetchTile(request, signal);
		};
		const events = { loaded: this.#loaded, failed: this.#failed };
		this.#loader = new TileLoader(askTile, events, flightsMax);
	}

	/** Says what is in sight. */
	see(sight: Sight): void {
		this.#sight = sight;
		this.#plan();
	}

	/** Another moment. What is shown stays until that has come. */
	look(moment: Moment): void {
		const before = this.#moment;
		if (before.kind === moment.kind && versionIn(before) === versionIn(moment)) return;
		this.#moment = moment;
		this.#lookedAt = performance.now();
		this.#heldSince ??= this.#lookedAt;
		for (const slot of this.slots.all()) {
			slot.failed = null;
			slot.askedAt = Number.NEGATIVE_INFINITY;
			if (moment.kind === 'live' && slot.shown) catchUp(this.grid, slot, slot.shown, this.#ring);
		}
		this.#plan();
	}

	/** From here on, all changes are told. */
	start(head: number): void {
		this.reach(head);
		this.#reached = Math.max(this.#reached, head);
	}

	/** A newer version is known. */
	reach(head: number): void {
		this.#head = Math.max(this.#head, head);
	}

	change(change: Change): void {
		this.#ring.push(change);
		this.#reached = Math.max(this.#reached, change.version);
		this.reach(change.version);
		if (this.#moment.kind !== 'live') return;
		applyChange(this.grid, this.slots.all(), change);
		this.#plan();
		this.options.changed();
	}

	/** Asks again for what did not come. */
	retry(): void {
		for (const slot of this.slots.all()) slot.failed = null;
		this.#plan();
		this.options.changed();
	}

	/** While nobody looks, what is live is not read; it is painted on, and made good afterwards. */
	rest(isResting: boolean): void {
		this.#isResting = isResting;
		if (!isResting) this.#plan();
	}

	/** What is wrong with a tile in sight. */
	failure(): Error | null {
		return this.#visible().find((slot) => slot.failed && !this.#isCurrent(slot))?.failed ?? null;
	}

	/** Whether tiles in sight are to come. */
	isLoading(): boolean {
		return this.#visible().some((slot) => this.#isAwaited(slot));
	}

	/** Until all in sight shows the moment, or is known not to come; of a live one, all that has happened until now. */
	settled(): Promise<void> {
		return this.#waiters.wait(this.#reached, (reached) => this.#isSettled(reached));
	}

	close(): void {
		clearTimeout(this.#timer);
		this.#loader.close();
		this.#waiters.release();
		this.slots.clear();
	}

	#visible(): Slot[] {
		return [...tilesOf(this.#sight.range)].flatMap((id) => this.slots.find(id) ?? []);
	}

	#shows(tile: Tile | null, reached = this.#reached): boolean {
		if (!tile) return false;
		return this.#moment.kind === 'live' ? tile.version >= reached : tile.version === this.#moment.version;
	}

	#isCurrent = (slot: Slot): boolean => this.#shows(slot.shown) || this.#shows(slot.next);

	#isAwaited(slot: Slot, reached = this.#reached): boolean {
		return !slot.failed && !this.#shows(slot.shown, reached) && !this.#shows(slot.next, reached);
	}

	#isSettled(reached: number): boolean {
		return this.#visible().every((slot) => !this.#isAwaited(slot, reached) && slot.next === null);
	}

	#mayAsk = (slot: Slot): boolean => {
		const since = performance.now() - slot.askedAt;
		if (slot.failed) return isTemporary(slot.failed) && this.#after(RETRY_AFTER_MS - since);
		return this.#moment.kind === 'version' || !slot.shown || this.#after(RELOAD_MS - since);
	};

	/** Whether a wait is over; if not, the plan is made again then. */
	#after(wait: number): boolean {
		if (wait <= 0) return true;
		this.#wake(wait);
		return false;
	}

	#wake(wait: number): void {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => this.#plan(), Math.min(wait, HOLD_MS));
	}

	#plan(): void {
		const isLive = this.#moment.kind === 'live';
		if (this.#isResting && isLive) return;
		const version = this.#moment.kind === 'version' ? this.#moment.version : this.#head;
		const isSteady = this.#after(RING_AFTER_MS - (performance.now() - this.#lookedAt));
		const slots = planOf(this.grid, this.slots, this.#sight, {
			isCurrent: this.#isCurrent,
			mayAsk: this.#mayAsk,
			ring: isSteady ? (isLive ? 'missing' : 'all') : 'none',
		});
		const asked = slots.filter((slot) => !this.#loader.isLoading(slot));
		const sheet = this.options.hasSheets ? sheetFor(this.grid, asked, version) : null;
		const requests = asked.map(({ z, x, y }) => ({ z, x, y, version, ...(sheet ? { sheet } : {}) }));
		const isOfUse = (id: TileId) => isNear(this.grid, this.#sight, id);
		this.#loader.want(requests, isOfUse);
		this.slots.shrink(isOfUse);
		this.#settle();
	}

	#loaded = (request: TileRequest, image: TileImage): void => {
		const slot = this.slots.use(request);
		const tile = { image, version: request.version };
		if (this.#moment.kind === 'live') catchUp(this.grid, slot, tile, this.#ring);
		slot.failed = null;
		if (this.#isCurrent(slot) || this.#isOlder(tile, slot.shown)) image.close();
		else this.slots.set(slot, this.#heldSince !== null && slot.shown ? 'next' : 'shown', tile);
		this.#plan();
		this.options.changed();
	};

	#failed = (request: TileRequest, error: Error): void => {
		this.slots.use(request).failed = error;
		this.#plan();
		this.options.changed();
	};

	#isOlder(tile: Tile, shown: Tile | null): boolean {
		return this.#moment.kind === 'live' && this.#heldSince === null && shown !== null && tile.version < shown.version;
	}

	/** Shows what was kept back once all is there, or it was kept for long enough. */
	#settle(): void {
		if (this.#heldSince !== null) {
			const now = performance.now();
			const isComplete = !this.isLoading();
			if (isComplete || now - this.#heldSince >= HOLD_MS) {
				for (const slot of this.slots.all()) this.slots.promote(slot);
				this.#heldSince = isComplete ? null : now;
				this.options.changed();
			} else {
				this.#wake(HOLD_MS - (now - this.#heldSince));
			}
		}
		this.#waiters.check();
	}
}

function versionIn(moment: Moment): number | null {
	return moment.kind === 'version' ? moment.version : null;
}

function isTemporary(error: Error): boolean {
	return error instanceof ApiError && error.isTemporary;
}
