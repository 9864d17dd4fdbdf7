import { ApiError } from '../../client';
import { type Entry, joined, type Versions } from './entry';
import type { Send, Sent } from './send';
import type { OutboxStorage } from './storage';
import type { Tabs, Told } from './tabs';

/** What all tabs of a browser share: it outlives them. */
export class FakeBrowser {
	entries = new Map<string, Entry>();
	outcomes = new Map<string, Versions[]>();
	#locks = new Map<string, Promise<void>>();
	#listeners = new Map<string, (told: Told) => void>();

	readonly storage: OutboxStorage = {
		canvases: async () => [...new Set([...this.entries.values()].map(({ canvas }) => canvas))],
		list: async (canvas) => this.#sorted(canvas),
		first: async (canvas) => this.#sorted(canvas)[0],
		add: async (entries) => {
			for (const entry of entries) this.entries.set(entry.id, entry);
		},
		change: async (id, change) => {
			const entry = this.entries.get(id);
			if (!entry) return undefined;
			this.entries.set(id, change(entry));
			return this.entries.get(id);
		},
		settle: async (entry, made) => {
			if (!this.entries.delete(entry.id)) return false;
			this.outcomes.set(entry.step, made.reduce(joined, this.outcomes.get(entry.step) ?? []));
			return true;
		},
		withdraw: async (ids) => {
			const entries = ids.flatMap((id) => this.entries.get(id) ?? []);
			if (entries.length < ids.length || entries.some(({ wasSent }) => wasSent)) return null;
			for (const id of ids) this.entries.delete(id);
			return entries;
		},
		outcome: async (step) => this.outcomes.get(step) ?? [],
	};

	tab(id: string, locked = true): Tabs {
		return {
			id,
			exclusively: (name, run) => {
				if (!locked) return run();
				const turn = (this.#locks.get(name) ?? Promise.resolve()).then(run);
				this.#locks.set(
					name,
					turn.catch(() => {}),
				);
				return turn;
			},
			tell: (told) => {
				for (const [other, listener] of this.#listeners) if (other !== id) queueMicrotask(() => listener(told));
			},
			listen: (listener) => this.#listeners.set(id, listener),
		};
	}

	/** It was killed: it neither hears nor holds anything. */
	kill(id: string): void {
		this.#listeners.delete(id);
		this.#locks.clear();
	}

	#sorted(canvas: string): Entry[] {
		const all = [...this.entries.values()].filter((entry) => entry.canvas === canvas);
		return all.sort((a, b) => (a.id < b.id ? -1 : 1));
	}
}

/** A server that does the same key once, as the real one does. `answers` say what becomes of the next requests. */
export class FakeServer {
	/** What was done, in order. */
	log: string[] = [];
	/** `lost`: done, but the answer does not come. `down`: not done. `hang`: done, and no answer ever. */
	answers: ('lost' | 'down' | 'hang' | ApiError)[] = [];
	requests = 0;
	#done = new Map<string, Sent>();
	#version = 0;

	readonly send: Send = async (entry) => {
		this.requests += 1;
		await Promise.resolve();
		const answer = this.answers.shift();
		if (answer instanceof ApiError) throw answer;
		if (answer === 'down') throw new ApiError(0, {});
		const sent = this.#do(entry);
		if (answer === 'hang') return new Promise(() => {});
		if (answer === 'lost') throw new ApiError(0, {});
		return sent;
	};

	#do({ key, write, step }: Entry): Sent {
		const rest = write.kind === 'undo' ? (write.rest ?? []) : [];
		const fullKey = `${key}-${rest.length}`;
		const known = this.#done.get(fullKey);
		if (known) return known;
		const count = write.kind === 'pixels' ? write.count : 1;
		const first_version = this.#version + 1;
		this.#version += count;
		const range = rest.at(-1);
		this.log.push(range ? `undo ${range.first_version}-${range.version}` : `${step} ${write.kind}`);
		const made = { first_version, version: this.#version };
		const sent = { made, version: this.#version, changed: count, skipped: write.kind === 'undo' ? 2 : 0 };
		this.#done.set(fullKey, sent);
		return sent;
	}
}
