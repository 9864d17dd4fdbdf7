import { createStore } from 'zustand/vanilla';
import { ApiError, newKey } from '../../client';
import { type Draft, type Entry, infoOf, joined, type Versions } from './entry';
import type { Sent } from './send';
import type { OutboxListener, OutboxParts, OutboxState } from './state';
import { entryId } from './storage';
import type { Told } from './tabs';
import { verdictOn, waitAfter } from './verdict';
import { Waiting } from './waiting';

/** A server keeps a key for 24 hours; an hour less, for clocks that differ. */
const KEY_KEPT_MS = 23 * 3600 * 1000;

/** What has to be sent to one canvas: in order, each once, over lost connections, reloads and several tabs. */
export class Outbox {
	readonly state = createStore<OutboxState>()(() => ({
		entries: [],
		phase: 'idle',
		error: null,
		until: null,
		hasSaved: false,
	}));
	readonly #listeners = new Set<OutboxListener>();
	readonly #waiting = new Waiting();
	readonly #now: () => number;
	#isRunning = false;
	#lastTime = 0;
	#count = 0;
	/** Additions are written one after the other, and looked at by whoever sends only when they are. */
	#writing: Promise<unknown> = Promise.resolve();

	constructor(
		readonly canvas: string,
		readonly parts: OutboxParts,
	) {
		this.#now = parts.now ?? Date.now;
		parts.tabs.listen((told) => {
			if (told.canvas === canvas) void this.#hear(told);
		});
	}

	subscribe(listener: OutboxListener): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	/** Takes up what an earlier visit left. */
	async resume(): Promise<void> {
		const entries = await this.parts.storage.list(this.canvas);
		this.#show(entries);
		this.#run();
	}

	/** All entries with their bytes. */
	list(): Promise<Entry[]> {
		return this.parts.storage.list(this.canvas);
	}

	/** Sends them after all that was added before. They are kept before it answers, and before anything is sent. */
	async add(drafts: Draft[]): Promise<Entry[]> {
		const entries = drafts.map((draft) => this.#entryOf(draft));
		this.#writing = this.#writing.catch(() => {}).then(() => this.parts.storage.add(entries));
		this.#show(entries);
		try {
			await this.#writing;
		} catch (error) {
			this.#hide(entries.map(({ id }) => id));
			throw error;
		}
		this.parts.tabs.tell({ kind: 'added', canvas: this.canvas, ids: entries.map(({ id }) => id) });
		this.#run();
		return entries;
	}

	/** Takes the entries of a step away, where none of them can have reached the server. */
	async withdraw(step: string): Promise<Entry[] | null> {
		await this.#writing.catch(() => {});
		const ids = this.state.getState().entries.flatMap((entry) => (entry.step === step ? [entry.id] : []));
		const entries = ids.length > 0 ? await this.parts.storage.withdraw(ids) : null;
		if (entries) {
			this.#hide(ids);
			this.parts.tabs.tell({ kind: 'withdrawn', canvas: this.canvas, ids });
		}
		return entries;
	}

	/** Tries again at once. */
	wake(): void {
		// What the server asked to wait for is waited for.
		const { error, phase } = this.state.getState();
		if (phase === 'waiting' && error?.status === 429) return;
		this.#waiting.end();
		if (phase === 'held') this.#run();
	}

	/** Sends what is stale under new keys: for those who know that it is not there. */
	async sendAsNew(): Promise<void> {
		for (const { id } of this.state.getState().entries) {
			await this.parts.storage.change(id, (entry) =>
				this.#isStale(entry) ? { ...entry, key: newKey(), madeAt: this.#now(), wasSent: false } : entry,
			);
		}
		this.#run();
	}

	/** Drops all that waits. What was sent may be there nevertheless. */
	async discard(): Promise<void> {
		for (const entry of await this.list()) await this.#settle(entry, 'refused');
		this.#waiting.end();
		this.state.setState({ phase: 'idle', error: null, until: null });
	}

	#entryOf(draft: Draft): Entry {
		this.#count += 1;
		this.#lastTime = Math.max(this.#lastTime, this.#now());
		const id = entryId(this.canvas, this.#lastTime, this.#count, this.parts.tabs.id);
		return { ...draft, id, canvas: this.canvas, key: newKey(), madeAt: this.#now(), wasSent: false };
	}

	#run(): void {
		if (this.#isRunning) return;
		this.#isRunning = true;
		void this.parts.tabs
			.exclusively(this.canvas, () => this.#drain())
			.catch((error: unknown) => {
				this.state.setState({ phase: 'held', error: new ApiError(0, { detail: String(error) }, error), until: null });
			})
			.finally(() => {
				this.#isRunning = false;
				// What came between its last look and now.
				const { phase, entries } = this.state.getState();
				if (phase === 'idle' && entries.length > 0) void this.#writing.catch(() => {}).then(() => this.#run());
			});
	}

	async #drain(): Promise<void> {
		for (let failures = 0; ; ) {
			await this.#writing.catch(() => {});
			// What is added from here on may not be there yet when it is looked for.
			const shown = this.state.getState().entries.map(({ id }) => id);
			const first = await this.parts.storage.first(this.canvas);
			if (!first) {
				this.#forget(shown);
				this.state.setState({ phase: 'idle', error: null, until: null });
				return;
			}
			this.#lastTime = Math.max(this.#lastTime, first.madeAt);
			if (this.#isStale(first)) {
				this.state.setState({ phase: 'stale', error: null, until: null });
				return;
			}
			const entry = await this.#claim(first);
			if (!entry) continue;
			if (failures === 0) this.state.setState({ phase: 'sending', error: null, until: null });
			try {
				await this.#send(entry);
				failures = 0;
			} catch (error) {
				if (!(error instanceof ApiError)) throw error;
				const verdict = verdictOn(error, entry.write.kind);
				if (verdict === 'refuse') await this.#settle(entry, 'refused', error);
				else if (verdict === 'hold') {
					this.state.setState({ phase: 'held', error, until: null });
					return;
				} else {
					const wait = waitAfter(error, failures);
					failures += 1;
					this.state.setState({ phase: 'waiting', error, until: this.#now() + wait });
					await this.#waiting.start(wait);
				}
			}
		}
	}

	/** Notes that it may reach the server, so that it cannot be withdrawn any more. */
	async #claim(first: Entry): Promise<Entry | undefined> {
		const { write } = first;
		const rest = write.kind === 'undo' ? (write.rest ?? (await this.parts.storage.outcome(write.of))) : null;
		return this.parts.storage.change(first.id, (entry) => ({
			...entry,
			wasSent: true,
			write: entry.write.kind === 'undo' ? { ...entry.write, rest } : entry.write,
		}));
	}

	async #send(entry: Entry): Promise<void> {
		const { write } = entry;
		if (write.kind !== 'undo') {
			const sent = await this.parts.send(entry);
			await this.#settle(entry, 'acknowledged', sent, sent.made ? [sent.made] : []);
			return;
		}
		const rest = write.rest ?? [];
		if (rest.length === 0) {
			await this.#settle(entry, 'acknowledged', { made: null, version: 0, changed: 0, skipped: 0 }, []);
			return;
		}
		const sent = await this.parts.send(entry);
		const undone = {
			...write,
			rest: rest.slice(0, -1),
			done: sent.made ? joined(write.done, sent.made) : write.done,
			changed: write.changed + sent.changed,
			skipped: write.skipped + sent.skipped,
		};
		if (undone.rest.length > 0) {
			await this.parts.storage.change(entry.id, (kept) => ({ ...kept, write: undone }));
			return;
		}
		const { changed, skipped } = undone;
		await this.#settle(entry, 'acknowledged', { ...sent, changed, skipped }, undone.done);
	}

	async #settle(entry: Entry, outcome: 'refused', error?: ApiError): Promise<void>;
	async #settle(entry: Entry, outcome: 'acknowledged', sent: Sent, made: Versions[]): Promise<void>;
	async #settle(entry: Entry, outcome: 'refused' | 'acknowledged', what?: ApiError | Sent, made: Versions[] = []) {
		const isFirst = await this.parts.storage.settle(entry, made);
		const { id } = entry;
		this.#forget([id]);
		if (!isFirst) return;
		if (outcome === 'refused' || !what || what instanceof ApiError) {
			const error = what instanceof ApiError ? what : undefined;
			for (const listener of this.#listeners) listener.refused?.(id, entry, error);
			this.parts.tabs.tell({ kind: 'refused', canvas: this.canvas, id });
		} else {
			this.state.setState({ hasSaved: true });
			for (const listener of this.#listeners) listener.acknowledged?.(id, made, what.version, entry, what);
			this.parts.tabs.tell({ kind: 'acknowledged', canvas: this.canvas, id, made, version: what.version });
		}
	}

	async #hear(told: Told): Promise<void> {
		switch (told.kind) {
			case 'added': {
				const entries = await this.list();
				this.#show(entries.filter(({ id }) => told.ids.includes(id)));
				// The tab that told may be closed before it has sent them.
				this.#run();
				break;
			}
			case 'withdrawn':
				this.#hide(told.ids);
				break;
			case 'acknowledged':
				this.#forget([told.id]);
				this.state.setState({ hasSaved: true });
				for (const listener of this.#listeners) listener.acknowledged?.(told.id, told.made, told.version);
				break;
			case 'refused':
				this.#forget([told.id]);
				for (const listener of this.#listeners) listener.refused?.(told.id);
		}
	}

	#isStale({ madeAt }: Entry): boolean {
		return this.#now() - madeAt > KEY_KEPT_MS;
	}

	#show(entries: Entry[]): void {
		const known = new Set(this.state.getState().entries.map(({ id }) => id));
		const added = entries.filter(({ id }) => !known.has(id));
		if (added.length === 0) return;
		this.state.setState(({ entries: all }) => ({
			entries: [...all, ...added.map(infoOf)].sort((a, b) => (a.id < b.id ? -1 : 1)),
		}));
		for (const listener of this.#listeners) listener.added?.(added);
	}

	#hide(ids: string[]): void {
		this.#forget(ids);
		for (const listener of this.#listeners) listener.withdrawn?.(ids);
	}

	#forget(ids: string[]): void {
		this.state.setState(({ entries }) => ({ entries: entries.filter(({ id }) => !ids.includes(id)) }));
	}
}
