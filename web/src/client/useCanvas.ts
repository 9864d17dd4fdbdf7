import { useCallback, useSyncExternalStore } from 'react';
import { data, type Pixlog } from './client';
import { type ConnectionState, follow } from './follow';
import { createLive, type Live, sharing } from './live';
import { usePixlog } from './react';
import { readAtLast } from './reading';
import type { Pixel } from './rows';
import type { CanvasBody, CommittedBody } from './schema';
import { useThrottled } from './useThrottled';
import { imageUrl, type WriteOptions, writePixels } from './writing';

export interface LiveCanvas {
	/** As it was read; `null` before. */
	canvas: CanvasBody | null;
	/** The newest version, as it moves; `null` before it is known. */
	head: number | null;
	connection: ConnectionState;
	isDeleted: boolean;
	/** Why it cannot be read or followed. What may pass is tried again by itself. */
	error: Error | null;
}

export interface UsedCanvas extends LiveCanvas {
	/** The picture of the head, a few times a second at most; `null` before it is known. */
	image: string | null;
	/** Writes pixels, all or none; done when they are on stable storage. Refused: an ApiError. */
	draw(pixels: Pixel[], options?: WriteOptions): Promise<CommittedBody>;
	/** Begins anew after an error. */
	retry(): void;
}

/** How often the picture is read while the canvas changes. */
const IMAGE_MS = 400;

/** A canvas, as it changes. All who use the same one share a connection. */
export function useCanvas(name: string): UsedCanvas {
	const pixlog = usePixlog();
	const live = canvasOf(pixlog, name);
	const state = useSyncExternalStore(live.subscribe, live.get, live.get);
	const image = state.head === null ? null : imageUrl(pixlog, name, state.head);
	return {
		...state,
		image: useThrottled(image, IMAGE_MS, name),
		draw: useCallback(
			async (pixels, options) => {
				const committed = await writePixels(pixlog, name, pixels, options);
				reach(live, committed.version);
				return committed;
			},
			[pixlog, name, live],
		),
		retry: live.restart,
	};
}

const START: LiveCanvas = { canvas: null, head: null, connection: 'connecting', isDeleted: false, error: null };

const canvasOf = sharing((pixlog, name: string, onStop) =>
	createLive(START, (live) => watch(pixlog, name, live), onStop),
);

function watch(pixlog: Pixlog, name: string, live: Live<LiveCanvas>): () => void {
	const end = new AbortController();
	const { signal } = end;
	let unfollow = () => {};
	const read = () => data(pixlog.api.GET('/api/v1/canvases/{name}', { params: { path: { name } }, signal }));
	live.set({ connection: 'connecting', error: null });
	void readAtLast(read, signal, (error) => live.set({ error, connection: 'waiting' })).then((canvas) => {
		if (!canvas || signal.aborted) return;
		live.set({ canvas, error: null });
		reach(live, canvas.version);
		const followed = { canvases: { [name]: canvas.version } };
		unfollow = follow(pixlog, followed, {
			pixels: ({ version }) => reach(live, version),
			state: ({ version }) => reach(live, version),
			deleted: () => live.set({ isDeleted: true }),
			connection: (connection) => live.set({ connection }),
			failed: (error) => live.set({ error, connection: 'waiting' }),
		});
	});
	return () => {
		end.abort();
		unfollow();
	};
}

/** Moves the head forward, never back. */
function reach(live: Live<LiveCanvas>, version: number): void {
	const { head } = live.get();
	if (head === null || version > head) live.set({ head: version });
}
