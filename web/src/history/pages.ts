import type { EntryBody } from '../client';

/** The entries of a log by their versions, loaded a page at a time where they are looked at. */
export interface EntryPages {
	entry(version: number): EntryBody | undefined;
	/** Loads what is missing from one version to another, and gives up what was asked for elsewhere. */
	want(from: number, to: number): void;
	/** Why something that is wanted is missing. */
	failure(): Error | null;
	retry(): void;
	subscribe(listener: () => void): () => void;
	/** Another number after each change. */
	revision(): number;
	close(): void;
}

/** Loads the entries after one version and up to another, oldest first. */
export type LoadEntries = (after: number, upTo: number, signal: AbortSignal) => Promise<EntryBody[]>;

interface Sizes {
	/** Entries a page. */
	page: number;
	/** How many pages are kept; those that were looked at last. */
	kept: number;
}

/** Versions have no holes and never change: page p holds those after p · size, as far as they are known. */
export function createEntryPages(load: LoadEntries, sizes: Sizes = { page: 100, kept: 60 }): EntryPages {
	const pages = new Map<number, EntryBody[]>();
	const loading = new Map<number, AbortController>();
	const listeners = new Set<() => void>();
	let failure: Error | null = null;
	let wanted: [number, number] = [1, 0];
	let revision = 0;

	const pageOf = (version: number) => Math.floor((version - 1) / sizes.page);
	const tell = () => {
		revision += 1;
		for (const listener of listeners) listener();
	};
	const keep = (page: number, entries: EntryBody[]) => {
		pages.delete(page);
		pages.set(page, entries);
		for (const oldest of pages.keys()) {
			if (pages.size <= sizes.kept) break;
			pages.delete(oldest);
		}
	};
	const fetchPage = async (page: number) => {
		const before = pages.get(page) ?? [];
		const abort = new AbortController();
		loading.set(page, abort);
		try {
			const first = page * sizes.page;
			const more = await load(first + before.length, first + sizes.page, abort.signal);
			if (abort.signal.aborted) return;
			loading.delete(page);
			failure = null;
			keep(page, [...before, ...more]);
		} catch (error) {
			if (abort.signal.aborted) return;
			loading.delete(page);
			failure = error instanceof Error ? error : new Error(String(error));
		}
		tell();
	};
	const loadMissing = () => {
		const [from, to] = wanted;
		for (const [page, abort] of loading) {
			if (page >= pageOf(from) && page <= pageOf(to)) continue;
			abort.abort();
			loading.delete(page);
		}
		for (let page = pageOf(from); page <= pageOf(to); page += 1) {
			const known = pages.get(page);
			if (known) keep(page, known);
			const needed = Math.min(to, (page + 1) * sizes.page) - page * sizes.page;
			if ((known?.length ?? 0) < needed && !loading.has(page)) void fetchPage(page);
		}
	};
	return {
		entry: (version) => pages.get(pageOf(version))?.[(version - 1) % sizes.page],
		want(from, to) {
			wanted = [from, to];
			loadMissing();
		},
		failure: () => failure,
		retry() {
			failure = null;
			loadMissing();
			tell();
		},
		subscribe(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		revision: () => revision,
		close() {
			for (const abort of loading.values()) abort.abort();
			loading.clear();
		},
	};
}
