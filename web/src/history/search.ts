import type { EntryBody } from '../client';

/** A page of what was found; the server looks at a bounded stretch for each, so that it may be empty. */
export interface FoundPage {
	entries: EntryBody[];
	/** The path of the next page, where there is one. */
	next?: string;
}

export interface SearchState {
	entries: EntryBody[];
	/** `more`: there may be more, and nobody has asked for it. */
	status: 'looking' | 'more' | 'all' | 'stopped' | 'failed';
	/** All down to this version were looked at. */
	reached: number | null;
	error: Error | null;
}

/** Entries that match, newest first, found as far as they are asked for. */
export interface Search {
	/** Looks until so many are found, or there are no more. */
	want(count: number): void;
	stop(): void;
	/** After a stop or a failure. */
	goOn(): void;
	state(): SearchState;
	subscribe(listener: () => void): () => void;
}

/** `null`: the first page. */
export type LoadFound = (next: string | null, signal: AbortSignal) => Promise<FoundPage>;

export function createSearch(load: LoadFound): Search {
	const listeners = new Set<() => void>();
	let state: SearchState = { entries: [], status: 'more', reached: null, error: null };
	let next: string | null = null;
	let wanted = 0;
	let abort: AbortController | null = null;

	const change = (patch: Partial<SearchState>) => {
		state = { ...state, ...patch };
		for (const listener of listeners) listener();
	};
	const look = async () => {
		const mine = new AbortController();
		abort = mine;
		change({ status: 'looking', error: null });
		try {
			while (state.entries.length < wanted) {
				const page = await load(next, mine.signal);
				if (mine.signal.aborted) return;
				const entries = page.entries.length > 0 ? [...state.entries, ...page.entries] : state.entries;
				if (!page.next) {
					change({ entries, status: 'all' });
					return;
				}
				next = page.next;
				change({ entries, reached: beforeOf(page.next) });
			}
			change({ status: 'more' });
		} catch (cause) {
			if (mine.signal.aborted) return;
			change({ status: 'failed', error: cause instanceof Error ? cause : new Error(String(cause)) });
		}
	};
	return {
		want(count) {
			wanted = Math.max(wanted, count);
			if (state.status === 'more' && state.entries.length < wanted) void look();
		},
		stop() {
			abort?.abort();
			if (state.status === 'looking') change({ status: 'stopped' });
		},
		goOn() {
			wanted = Math.max(wanted, state.entries.length + 1);
			if (state.status === 'stopped' || state.status === 'failed') void look();
		},
		state: () => state,
		subscribe(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
	};
}

/** How far a search got, as its next page says: `before` is the version that it goes on below. */
export function beforeOf(next: string): number | null {
	const before = new URL(next, 'http://localhost').searchParams.get('before');
	return before === null ? null : Number(before);
}
