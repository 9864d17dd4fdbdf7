import { newKey, type Pixlog } from '../../client';
import { Outbox } from './outbox';
import { type Send, sendBy } from './send';
import { IndexedDbStorage } from './storage';
import { browserTabs } from './tabs';

/** The outboxes of all canvases. They go on when the page of their canvas is left, for as long as the app is open. */
export class Outboxes {
	#all = new Map<string, Outbox>();
	#storage = new IndexedDbStorage();
	#tabs = browserTabs(newKey());
	#pixlog: Pixlog;

	constructor(pixlog: Pixlog) {
		this.#pixlog = pixlog;
		addEventListener('online', () => this.#wake());
	}

	/** By whom requests are sent from now on. */
	use(pixlog: Pixlog): void {
		if (pixlog === this.#pixlog) return;
		this.#pixlog = pixlog;
		this.#wake();
	}

	of(canvas: string): Outbox {
		const known = this.#all.get(canvas);
		if (known) return known;
		const parts = {
			storage: this.#storage,
			tabs: this.#tabs,
			send: ((entry) => sendBy(this.#pixlog)(entry)) satisfies Send,
		};
		const made = new Outbox(canvas, parts);
		this.#all.set(canvas, made);
		return made;
	}

	/** Takes up what earlier visits left, on whatever canvas. */
	async resume(): Promise<void> {
		for (const canvas of await this.#storage.canvases()) await this.of(canvas).resume();
	}

	#wake(): void {
		for (const outbox of this.#all.values()) outbox.wake();
	}
}

let shared: Outboxes | null = null;

/** One for the app: what was drawn is sent whichever page is open. */
export function outboxesFor(pixlog: Pixlog): Outboxes {
	shared ??= new Outboxes(pixlog);
	shared.use(pixlog);
	return shared;
}
