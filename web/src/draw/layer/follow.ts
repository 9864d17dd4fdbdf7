import type { Feed } from '../../canvas/feed';
import type { CanvasStore } from '../../canvas/store';
import type { View } from '../../view/view';
import type { Entry, Write } from '../outbox/entry';
import type { Outbox } from '../outbox/outbox';
import { shownWrite } from './entries';
import type { PendingLayer } from './PendingLayer';
import type { Shown } from './shown';

/** A picture that does not come is not waited for longer: the layer would hide what others paint. */
const SETTLING_MS_MAX = 5000;

/** Looks of writes that were made on this page: they need not be found out again. */
export type Looks = WeakMap<Write, Shown>;

interface Followed {
	store: CanvasStore;
	feed: Feed;
	view: View;
	outbox: Outbox;
	layer: PendingLayer;
	looks: Looks;
}

/**
 * Keeps on the layer what the outbox has and the picture has not. An acknowledged write stays until the live feed has
 * told its version and the view shows it, so that it never flickers. Returns what ends it.
 */
export function followOutbox({ store, feed, view, outbox, layer, looks }: Followed): () => void {
	/** What the live feed has told. */
	let reached = store.getState().head;
	const saved = new Map<string, number>();

	async function show(entry: Entry): Promise<void> {
		const look = looks.get(entry.write) ?? (await shownWrite(store.getState().canvas, entry.write).catch(() => null));
		const isThere = outbox.state.getState().entries.some(({ id }) => id === entry.id);
		if (look && isThere) layer.wait(entry.id, entry.step, look);
	}

	function added(entries: Entry[]): void {
		for (const entry of entries) {
			const look = looks.get(entry.write);
			if (look) layer.wait(entry.id, entry.step, look);
			else void show(entry);
		}
		hideUndone();
	}

	function hideUndone(): void {
		layer.hide(outbox.state.getState().entries.flatMap(({ of }) => of ?? []));
	}

	function release(): void {
		const there = [...saved].flatMap(([id, version]) => (version <= reached ? [id] : []));
		if (there.length === 0) return;
		for (const id of there) saved.delete(id);
		const late = new Promise<void>((resolve) => setTimeout(resolve, SETTLING_MS_MAX));
		void Promise.race([view.settled(), late]).then(() => {
			for (const id of there) layer.remove(id);
		});
	}

	const reach = ({ version }: { version: number }) => {
		reached = Math.max(reached, version);
		release();
	};
	const unsubscribe = [
		feed.subscribe({ pixels: reach, state: reach }),
		outbox.subscribe({
			added,
			withdrawn(ids) {
				for (const id of ids) layer.remove(id);
				hideUndone();
			},
			acknowledged(id, _, version, entry) {
				// The picture may have neither yet; what it has is what there was before both.
				if (entry?.write.kind === 'undo') layer.removeStep(entry.write.of);
				layer.acknowledge(id);
				saved.set(id, version);
				store.getState().reach(version);
				release();
				hideUndone();
			},
			refused(id) {
				layer.refuse(id);
				hideUndone();
			},
		}),
		store.subscribe(({ moment }) => {
			if (layer.isShown === (moment.kind === 'live')) return;
			layer.isShown = moment.kind === 'live';
			view.repaint();
		}),
	];
	layer.isShown = store.getState().moment.kind === 'live';
	void outbox
		.list()
		.then(added)
		.catch(() => {});
	return () => {
		for (const stop of unsubscribe) stop();
	};
}
