import type { Pixlog } from './client';

/** A state that is kept up for as long as somebody looks at it. */
export interface Live<S> {
	get(): S;
	subscribe(listener: () => void): () => void;
	/** Begins anew, where somebody looks. */
	restart(): void;
	set(patch: Partial<S>): void;
}

/** How long a state is kept up after the last look: pages that follow one another, and React's strict mode, share it. */
export const LINGER_MS = 1000;

/** Makes a live state. `run` keeps it up, and returns what ends that. */
export function createLive<S extends object>(
	initial: S,
	run: (live: Live<S>) => () => void,
	onStop: () => void = () => {},
): Live<S> {
	const listeners = new Set<() => void>();
	let state = initial;
	let stop: (() => void) | null = null;
	let lingering: ReturnType<typeof setTimeout> | undefined;

	const end = () => {
		stop?.();
		stop = null;
	};
	const live: Live<S> = {
		get: () => state,
		set(patch) {
			state = { ...state, ...patch };
			for (const listener of listeners) listener();
		},
		subscribe(listener) {
			clearTimeout(lingering);
			listeners.add(listener);
			stop ??= run(live);
			return () => {
				listeners.delete(listener);
				if (listeners.size > 0) return;
				lingering = setTimeout(() => {
					end();
					onStop();
				}, LINGER_MS);
			};
		},
		restart() {
			if (!stop) return;
			end();
			stop = run(live);
		},
	};
	return live;
}

/** Gives all who look at the same thing of the same server one live state, and with it one connection. */
export function sharing<K, S extends object>(make: (pixlog: Pixlog, key: K, onStop: () => void) => Live<S>) {
	const clients = new WeakMap<Pixlog, Map<K, Live<S>>>();
	return (pixlog: Pixlog, key: K): Live<S> => {
		const all = clients.get(pixlog) ?? new Map<K, Live<S>>();
		clients.set(pixlog, all);
		const live = all.get(key) ?? make(pixlog, key, () => all.delete(key));
		all.set(key, live);
		return live;
	};
}
