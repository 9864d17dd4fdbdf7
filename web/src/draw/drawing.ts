import { createStore } from 'zustand/vanilla';
import type { Feed } from '../canvas/feed';
import type { Point } from '../canvas/geometry';
import type { CanvasStore } from '../canvas/store';
import { ApiError, data, newKey, type Pixlog } from '../client';
import { notify, notifyError } from '../ui/notices';
import type { View } from '../view/view';
import { type Color, colorFor } from './colors';
import { cellsToFill } from './fill';
import { followOutbox, type Looks } from './layer/follow';
import { type DraftPicture, PendingLayer } from './layer/PendingLayer';
import type { Entry, Write } from './outbox/entry';
import type { Outbox } from './outbox/outbox';
import type { Sent } from './outbox/send';
import { clipRect } from './raster/shape';
import { colorsOn, noteUsed, setSettings, useSettings } from './settings';
import { Template } from './template/template';
import type { Area, ToolHost } from './tools/host';
import { UndoHistory } from './undo/history';
import { writesOf } from './write';

interface DrawingParts {
	pixlog: Pixlog;
	store: CanvasStore;
	feed: Feed;
	view: View;
	outbox: Outbox;
}

/** Drawing on the canvas of a page: tools on one side, the outbox and what is shown of it on the other. */
export class Drawing {
	readonly layer: PendingLayer;
	readonly history: UndoHistory;
	readonly template: Template;
	readonly host: ToolHost;
	readonly state = createStore<{ isFilling: boolean }>()(() => ({ isFilling: false }));
	readonly #looks: Looks = new WeakMap();
	/** What of a step was refused, to try it again as one. */
	readonly #refused = new Map<string, Write[]>();
	/** Strokes go out in the order drawn, whatever it takes to prepare them. */
	#order: Promise<unknown> = Promise.resolve();

	constructor(readonly parts: DrawingParts) {
		const { store, view, outbox } = parts;
		const { canvas } = store.getState();
		this.layer = new PendingLayer(canvas, () => view.repaint());
		this.template = new Template(canvas, view);
		this.history = new UndoHistory(outbox, author);
		this.host = {
			canvas,
			color: () => colorsOn(canvas, useSettings.getState()).primary,
			size: () => useSettings.getState().size,
			draft: () => this.layer.draft(),
			commit: (area, color, draft) => this.#commit(area, color, draft),
			pick: (cell) => void this.#pick(cell).catch(notifyError),
			fill: (cell, color) => void this.#fill(cell, color),
		};
	}

	/** Shows and sends; returns what ends it. */
	start(): () => void {
		const { view, outbox } = this.parts;
		view.setLayer('pending', this.layer);
		const stopTemplate = this.template.start();
		const unfollow = followOutbox({ ...this.parts, layer: this.layer, looks: this.#looks });
		const unfollowHistory = this.history.follow();
		const unsubscribe = outbox.subscribe({
			acknowledged: (_id, _made, _version, entry, sent) => entry && sent && tellSkipped(entry, sent),
			refused: (_, entry, error) => entry && error && this.#tellRefused(entry, error),
		});
		const unwatch = outbox.state.subscribe(({ phase, error }, before) => {
			if (phase === 'held' && before.phase !== 'held' && error) notifyError(error, () => outbox.wake());
		});
		return () => {
			unwatch();
			unsubscribe();
			unfollowHistory();
			unfollow();
			stopTemplate();
			view.setLayer('pending', null);
		};
	}

	/** Writes as one step. */
	write(writes: Write[]): Promise<void> {
		const step = newKey();
		this.history.done(step);
		const drafts = writes.map((write) => ({ step, author: author(), write }));
		return this.parts.outbox.add(drafts).then(() => {});
	}

	async pasteTemplate(): Promise<void> {
		await this.write([await this.template.write()]);
	}

	#commit(area: Area, color: Color, draft?: DraftPicture): void {
		const isNothing = 'cells' in area && area.cells.length === 0;
		this.#order = this.#order
			.then(async () => {
				if (isNothing) return;
				if (color === this.host.color()) noteUsed(color);
				const writes = await writesOf(this.host.canvas, area, color, this.#looks);
				const written = this.write(writes);
				draft?.remove();
				await written;
			})
			.catch((error: unknown) => notifyError(error, () => this.#commit(area, color)))
			.finally(() => draft?.remove());
	}

	async #pick(cell: Point): Promise<void> {
		const { canvas } = this.host;
		if (!clipRect({ ...cell, w: 1, h: 1 }, canvas)) return;
		const color = this.layer.colorAt(cell) ?? this.parts.view.colorAt(cell) ?? (await this.#colorOnServer(cell));
		const taken = colorFor(canvas.mode, color);
		if (canvas.palette && !canvas.palette.includes(taken)) notify('error', `${taken} is not in the canvas's palette`);
		else setSettings({ primary: taken });
	}

	async #colorOnServer({ x, y }: Point): Promise<Color> {
		const path = { name: this.host.canvas.name, x, y };
		const { color } = await data(
			this.parts.pixlog.api.GET('/api/v1/canvases/{name}/pixels/{x}/{y}', { params: { path } }),
		);
		return color;
	}

	/** One after the other: the second of two sees what the first has filled. */
	async #fill(cell: Point, color: Color): Promise<void> {
		const { pixlog, store } = this.parts;
		if (!clipRect({ ...cell, w: 1, h: 1 }, this.host.canvas) || this.state.getState().isFilling) return;
		this.state.setState({ isFilling: true });
		try {
			const shown = this.layer.shown();
			const pasted = shown.some(({ kind }) => kind === 'picture');
			if (pasted) throw new Error('Filling has to wait until the pasted picture is saved');
			const cells = await cellsToFill(pixlog, this.host.canvas, store.getState().head, shown, cell, color);
			this.#commit({ cells }, color);
		} catch (error) {
			notifyError(error, error instanceof ApiError ? () => void this.#fill(cell, color) : undefined);
		} finally {
			this.state.setState({ isFilling: false });
		}
	}

	#tellRefused({ step, write }: Entry, error: ApiError): void {
		if (write.kind === 'undo') {
			const again = () => void this.history.undo().catch(notifyError);
			notifyError(new Error(`That was not taken back: ${error.message}`), again);
			return;
		}
		const all = [...(this.#refused.get(step) ?? []), write];
		this.#refused.set(step, all);
		notifyError(new Error(`That was not drawn: ${error.message}`), () => {
			this.#refused.delete(step);
			void this.write(all).catch(notifyError);
		});
	}
}

function author(): string {
	return useSettings.getState().author.trim();
}

function tellSkipped({ write }: Entry, { changed, skipped }: Sent): void {
	if (write.kind !== 'undo') return;
	const cells = (count: number) => (count === 1 ? '1 cell was' : `${count.toLocaleString('en')} cells were`);
	if (skipped > 0) notify('done', `${cells(skipped)} painted over by others and ${skipped === 1 ? 'stays' : 'stay'}`);
	else if (changed === 0) notify('done', 'There was nothing left to take back');
}
