import { createStore, type StoreApi } from 'zustand/vanilla';
import { newKey } from '../../client';
import type { Draft, Entry } from '../outbox/entry';
import type { Outbox } from '../outbox/outbox';
import { done, parseSteps, restored, type Steps, turned, without } from './steps';

/** Undo and redo of what this tab wrote: each takes back the entries of one step, and can itself be taken back. */
export class UndoHistory {
	readonly state: StoreApi<Steps>;
	/** Steps that were taken back before they were sent: nobody but this page knows them. */
	#unsent = new Map<string, Draft[]>();
	#queue: Promise<unknown> = Promise.resolve();

	constructor(
		readonly outbox: Outbox,
		readonly author: () => string,
		readonly kept: Pick<Storage, 'getItem' | 'setItem'> = sessionStorage,
	) {
		this.state = createStore<Steps>()(() => parseSteps(kept.getItem(this.#keptAs)));
	}

	/** Hears what is refused; returns what ends it. */
	follow(): () => void {
		return this.outbox.subscribe({ refused: (_, entry) => entry && void this.#refused(entry) });
	}

	get #keptAs(): string {
		return `pixlog.undo.${this.outbox.canvas}`;
	}

	/** A new step is on its way. */
	done(step: string): void {
		this.#unsent.clear();
		this.#set(done(this.state.getState(), step));
	}

	undo(): Promise<void> {
		return this.#takeBack('undo');
	}

	redo(): Promise<void> {
		return this.#takeBack('redo');
	}

	/** One after the other: two presses take back two steps. */
	#takeBack(from: keyof Steps): Promise<void> {
		const turn = this.#queue.then(() => this.#takeBackOne(from));
		this.#queue = turn.catch(() => {});
		return turn;
	}

	async #takeBackOne(from: keyof Steps): Promise<void> {
		const steps = this.state.getState();
		const step = steps[from].at(-1);
		if (step === undefined) return;
		const unsent = this.#unsent.get(step);
		if (unsent) {
			await this.outbox.add(unsent);
			this.#unsent.delete(step);
			this.#set(turned(this.state.getState(), from, step, step));
			return;
		}
		const withdrawn = await this.outbox.withdraw(step);
		if (withdrawn) {
			this.#set(turned(this.state.getState(), from, step, this.#keep(step, withdrawn)));
			return;
		}
		const back = newKey();
		await this.outbox.add([{ step: back, author: this.author(), write: undoOf(step) }]);
		this.#set(turned(this.state.getState(), from, step, back));
	}

	/** What a withdrawn step becomes: what it would have taken back is there as before; what it would have drawn is kept. */
	#keep(step: string, entries: Entry[]): string {
		const write = entries[0]?.write;
		if (write?.kind === 'undo') return write.of;
		this.#unsent.set(step, entries);
		return step;
	}

	async #refused({ step, write }: Entry): Promise<void> {
		if (write.kind === 'undo') {
			this.#set(restored(this.state.getState(), step, write.of));
			return;
		}
		const isWaiting = this.outbox.state.getState().entries.some((entry) => entry.step === step);
		const made = await this.outbox.parts.storage.outcome(step);
		if (!isWaiting && made.length === 0) this.#set(without(this.state.getState(), step));
	}

	#set(steps: Steps): void {
		this.state.setState(steps);
		const isSent = (step: string) => !this.#unsent.has(step);
		this.kept.setItem(
			this.#keptAs,
			JSON.stringify({ undo: steps.undo.filter(isSent), redo: steps.redo.filter(isSent) }),
		);
	}
}

function undoOf(of: string): Draft['write'] {
	return { kind: 'undo', of, rest: null, done: [], changed: 0, skipped: 0 };
}
