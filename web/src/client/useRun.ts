import { useMemo, useSyncExternalStore } from 'react';
import { data, type Pixlog } from './client';
import { type ConnectionState, follow } from './follow';
import { createLive, type Live, sharing } from './live';
import { usePixlog } from './react';
import type { RunBody } from './schema';

export interface LiveRun {
	/** As it goes; `null` before it is known. */
	run: RunBody | null;
	connection: ConnectionState;
	/** Why it cannot be followed. */
	error: Error | null;
}

export interface UsedRun extends LiveRun {
	/** These fail with an ApiError where the run is not in a state for it. */
	pause(): Promise<RunBody>;
	resume(): Promise<RunBody>;
	cancel(): Promise<RunBody>;
	/** Begins anew after an error. */
	retry(): void;
}

/** A run, as it goes; `null` for none. All who use the same one share a connection. */
export function useRun(id: number | null): UsedRun {
	const pixlog = usePixlog();
	const live = id === null ? NONE : runOf(pixlog, id);
	const state = useSyncExternalStore(live.subscribe, live.get, live.get);
	const controls = useMemo(() => controlsOf(pixlog, id, live), [pixlog, id, live]);
	return { ...state, ...controls, retry: live.restart };
}

const START: LiveRun = { run: null, connection: 'connecting', error: null };
const NONE = createLive(START, () => () => {});

const runOf = sharing((pixlog, id: number, onStop) => createLive(START, (live) => watch(pixlog, id, live), onStop));

function watch(pixlog: Pixlog, id: number, live: Live<LiveRun>): () => void {
	live.set({ error: null });
	return follow(
		pixlog,
		{ runs: [id] },
		{
			run: (run) => live.set({ run }),
			connection: (connection) => live.set({ connection }),
			failed: (error) => live.set({ error, connection: 'waiting' }),
		},
	);
}

const CONTROLS = {
	pause: '/api/v1/runs/{id}/pause',
	resume: '/api/v1/runs/{id}/resume',
	cancel: '/api/v1/runs/{id}/cancel',
} as const;

function controlsOf(pixlog: Pixlog, id: number | null, live: Live<LiveRun>) {
	const control = async (verb: keyof typeof CONTROLS): Promise<RunBody> => {
		if (id === null) throw new Error('There is no run');
		const run = await data(pixlog.api.POST(CONTROLS[verb], { params: { path: { id } } }));
		live.set({ run });
		return run;
	};
	return { pause: () => control('pause'), resume: () => control('resume'), cancel: () => control('cancel') };
}
