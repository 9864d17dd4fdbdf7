import { createStore, promisifyRequest, type UseStore } from 'idb-keyval';
import { type Entry, joined, type Versions } from './entry';

/** Where entries outlive the page. Each call is done whole or not at all, whatever other tabs do meanwhile. */
export interface OutboxStorage {
	/** The canvases that have entries. */
	canvases(): Promise<string[]>;
	/** In the order made. */
	list(canvas: string): Promise<Entry[]>;
	first(canvas: string): Promise<Entry | undefined>;
	add(entries: Entry[]): Promise<void>;
	/** What stands there afterwards; `undefined` where it is not there any more. */
	change(id: string, change: (entry: Entry) => Entry): Promise<Entry | undefined>;
	/** Removes an entry, and keeps what versions its step made; `false` where another tab was faster. */
	settle(entry: Entry, made: Versions[]): Promise<boolean>;
	/** Removes entries, unless one of them was sent or is not there. */
	withdraw(ids: string[]): Promise<Entry[] | null>;
	/** What versions a step has made. */
	outcome(step: string): Promise<Versions[]>;
}

interface Outcome {
	made: Versions[];
	at: number;
}

const ENTRY = 'entry/';
const OUTCOME = 'outcome/';
const OUTCOME_KEPT_MS = 30 * 24 * 3600 * 1000;

export function entryId(canvas: string, time: number, count: number, tab: string): string {
	return `${ENTRY}${canvas}/${String(time).padStart(15, '0')}-${String(count).padStart(6, '0')}-${tab}`;
}

/** Keeps the entries in IndexedDB. */
export class IndexedDbStorage implements OutboxStorage {
	readonly #store: UseStore = createStore('pixlog-outbox', 'entries');

	async canvases(): Promise<string[]> {
		await this.#forgetOldOutcomes();
		const ids = await this.#store('readonly', (store) => promisifyRequest(store.getAllKeys(startingWith(ENTRY))));
		return [...new Set(ids.map((id) => String(id).split('/')[1] ?? ''))];
	}

	list(canvas: string): Promise<Entry[]> {
		return this.#store('readonly', (store) => promisifyRequest<Entry[]>(store.getAll(entriesOf(canvas))));
	}

	first(canvas: string): Promise<Entry | undefined> {
		return this.#store('readonly', async (store) => {
			const [first] = await promisifyRequest<Entry[]>(store.getAll(entriesOf(canvas), 1));
			return first;
		});
	}

	add(entries: Entry[]): Promise<void> {
		return this.#write(async (store) => {
			for (const entry of entries) store.put(entry, entry.id);
		});
	}

	change(id: string, change: (entry: Entry) => Entry): Promise<Entry | undefined> {
		return this.#write(async (store) => {
			const entry = await read<Entry>(store, id);
			if (!entry) return undefined;
			const changed = change(entry);
			store.put(changed, id);
			return changed;
		});
	}

	settle(entry: Entry, made: Versions[]): Promise<boolean> {
		return this.#write(async (store) => {
			if (!(await read<Entry>(store, entry.id))) return false;
			store.delete(entry.id);
			if (made.length > 0) {
				const known = (await read<Outcome>(store, OUTCOME + entry.step))?.made ?? [];
				const outcome: Outcome = { made: made.reduce(joined, known), at: Date.now() };
				store.put(outcome, OUTCOME + entry.step);
			}
			return true;
		});
	}

	withdraw(ids: string[]): Promise<Entry[] | null> {
		return this.#write(async (store) => {
			const entries: Entry[] = [];
			for (const id of ids) {
				const entry = await read<Entry>(store, id);
				if (!entry || entry.wasSent) return null;
				entries.push(entry);
			}
			for (const id of ids) store.delete(id);
			return entries;
		});
	}

	async outcome(step: string): Promise<Versions[]> {
		const outcome = await this.#store('readonly', (store) => read<Outcome>(store, OUTCOME + step));
		return outcome?.made ?? [];
	}

	/** Waits until the transaction is complete: only then the entries are there. */
	#write<T>(work: (store: IDBObjectStore) => Promise<T>): Promise<T> {
		return this.#store('readwrite', async (store) => {
			const done = promisifyRequest(store.transaction);
			const result = await work(store);
			await done;
			return result;
		});
	}

	/** Tabs that could still undo those steps are not expected after so long. */
	#forgetOldOutcomes(): Promise<void> {
		return this.#write(async (store) => {
			const keys = await promisifyRequest(store.getAllKeys(startingWith(OUTCOME)));
			const outcomes = await promisifyRequest<Outcome[]>(store.getAll(startingWith(OUTCOME)));
			for (const [at, key] of keys.entries()) {
				if ((outcomes[at]?.at ?? 0) < Date.now() - OUTCOME_KEPT_MS) store.delete(key);
			}
		});
	}
}

function read<T>(store: IDBObjectStore, key: string): Promise<T | undefined> {
	return promisifyRequest<T | undefined>(store.get(key));
}

function entriesOf(canvas: string): IDBKeyRange {
	return startingWith(`${ENTRY}${canvas}/`);
}

function startingWith(prefix: string): IDBKeyRange {
	return IDBKeyRange.bound(prefix, `${prefix}\uffff`);
}
