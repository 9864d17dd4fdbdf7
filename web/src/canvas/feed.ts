import { createContext, useContext, useEffect, useMemo } from 'react';
import { type Followed, follow, type Listeners, type PixelsEvent, type StateEvent, usePixlog } from '../client';
import { shownConnection } from './connection';
import type { CanvasStore } from './store';

export interface FeedListener {
	pixels?(event: PixelsEvent): void;
	state?(event: StateEvent): void;
	deleted?(): void;
}

/** The changes of one canvas as they come, each once and in order, for all parts of a page. */
export interface Feed {
	subscribe(listener: FeedListener): () => void;
}

export const FeedContext = createContext<Feed | null>(null);

export function useFeed(): Feed {
	const feed = useContext(FeedContext);
	if (!feed) throw new Error('There is no canvas here');
	return feed;
}

/** Follows the canvas of a store for as long as the page is there. */
export function useCanvasFeed(store: CanvasStore): Feed {
	const pixlog = usePixlog();
	const listeners = useMemo(() => new Set<FeedListener>(), []);
	useEffect(() => {
		const { canvas, head, set, reach } = store.getState();
		const followed: Followed = { canvases: { [canvas.name]: head } };
		set({ refusal: null });
		const on: Listeners = {
			connection: (told) => set({ connection: shownConnection(store.getState().connection, told) }),
			failed: (refusal) => set({ refusal }),
			pixels: (event) => {
				for (const listener of listeners) listener.pixels?.(event);
				reach(event.version);
			},
			state: (event) => {
				for (const listener of listeners) listener.state?.(event);
				reach(event.version);
			},
			deleted: () => {
				for (const listener of listeners) listener.deleted?.();
			},
		};
		return follow(pixlog, followed, on);
	}, [pixlog, store, listeners]);
	return useMemo(
		() => ({
			subscribe(listener) {
				listeners.add(listener);
				return () => listeners.delete(listener);
			},
		}),
		[listeners],
	);
}
