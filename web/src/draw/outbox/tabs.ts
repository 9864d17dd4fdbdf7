import type { Versions } from './entry';

/** What tabs tell each other about the entries of a canvas. */
export type Told =
	| { kind: 'added'; canvas: string; ids: string[] }
	| { kind: 'withdrawn'; canvas: string; ids: string[] }
	| { kind: 'acknowledged'; canvas: string; id: string; made: Versions[]; version: number }
	| { kind: 'refused'; canvas: string; id: string };

/** The other tabs of the app. */
export interface Tabs {
	/** Distinguishes this one. */
	readonly id: string;
	/**
	 * Runs for one tab at a time. This only spares requests: that nothing is done twice is made sure by the keys, so a
	 * browser or a page without locks may go without.
	 */
	exclusively(name: string, run: () => Promise<void>): Promise<void>;
	tell(told: Told): void;
	listen(listener: (told: Told) => void): void;
}

export function browserTabs(id: string): Tabs {
	const channel = typeof BroadcastChannel === 'function' ? new BroadcastChannel('pixlog outbox') : null;
	return {
		id,
		async exclusively(name, run) {
			// Pages that came by plain http from another machine have no locks.
			if (navigator.locks) await navigator.locks.request(`pixlog outbox ${name}`, run);
			else await run();
		},
		tell: (told) => channel?.postMessage(told),
		listen: (listener) => channel?.addEventListener('message', (event: MessageEvent<Told>) => listener(event.data)),
	};
}
