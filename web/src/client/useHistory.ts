import { useMemo, useSyncExternalStore } from 'react';
import type { Pixlog } from './client';
import { createLive, type Live } from './live';
import { usePixlog } from './react';
import type { EntryBody, HistoryPage, operations } from './schema';

/** Which entries, as the server takes it; `limit` is the length of a page. */
export type HistoryFilters = NonNullable<operations['getHistory']['parameters']['query']>;

export interface LiveHistory {
	/** Of all pages that were read. */
	entries: EntryBody[];
	/** The head when the first page was read: how many entries there are in all. */
	head: number | null;
	isLoading: boolean;
	hasMore: boolean;
	error: Error | null;
}

export interface UsedHistory extends LiveHistory {
	/** Reads the next page, or again one that failed. */
	more(): void;
	/** Reads anew from the first page. */
	refresh(): void;
}

/** The history of a canvas, page by page, newest first where nothing is said; `null`: of the current ping-pong canvas. */
export function useHistory(name: string | null, filters: HistoryFilters = {}): UsedHistory {
	const pixlog = usePixlog();
	const given = Object.entries(filters).filter(([, value]) => value !== undefined);
	const query = new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString();
	const history = useMemo(() => {
		const path = name === null ? '/history' : `/api/v1/canvases/${name}/history`;
		return createHistory(pixlog, `${path}?${query}`);
	}, [pixlog, name, query]);
	const state = useSyncExternalStore(history.live.subscribe, history.live.get, history.live.get);
	return { ...state, more: history.more, refresh: history.live.restart };
}

const START: LiveHistory = { entries: [], head: null, isLoading: true, hasMore: true, error: null };

function createHistory(pixlog: Pixlog, first: string): { live: Live<LiveHistory>; more(): void } {
	let reading = new AbortController();
	let next: string | undefined = first;

	const read = async () => {
		const { signal } = reading;
		live.set({ isLoading: true, error: null });
		try {
			await readPage(signal);
		} catch (error) {
			if (!signal.aborted) live.set({ error: error instanceof Error ? error : new Error(String(error)) });
		}
		if (!signal.aborted) live.set({ isLoading: false });
	};

	/** A page that looked at many entries and found none is not shown as one: the next is read. */
	const readPage = async (signal: AbortSignal) => {
		for (let found = 0; found === 0 && next !== undefined; ) {
			const isFirst = next === first;
			const response = await pixlog.request(next, { signal });
			const page: HistoryPage = await response.json();
			signal.throwIfAborted();
			next = page.next;
			found = page.entries.length;
			const { entries, head } = live.get();
			live.set({
				entries: isFirst ? page.entries : [...entries, ...page.entries],
				head: isFirst ? page.version : head,
				hasMore: next !== undefined,
			});
		}
	};

	const live = createLive(START, () => {
		reading = new AbortController();
		next = first;
		void read();
		return () => reading.abort();
	});
	return {
		live,
		more() {
			if (!live.get().isLoading && next !== undefined) void read();
		},
	};
}
