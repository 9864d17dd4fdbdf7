import type { Pixlog } from './client';
import { type ConnectionState, keepOpen } from './connection';
import { ApiError } from './problem';
import type { DeletedEvent, PixelsEvent, RunBody, StateEvent } from './schema';

export type { ConnectionState } from './connection';

/** What is followed: canvases with the version that is already known, and runs. At most 32 of each. */
export interface Followed {
	canvases?: Record<string, number>;
	runs?: number[];
}

export interface Listeners {
	pixels?(event: PixelsEvent): void;
	state?(event: StateEvent): void;
	run?(event: RunBody): void;
	/** Also where it was deleted while the connection was lost. */
	deleted?(event: DeletedEvent): void;
	connection?(state: ConnectionState): void;
	/** What ends it: a refusal that no repetition mends. */
	failed?(error: ApiError): void;
}

const OVER = new Set(['completed', 'cancelled', 'failed']);

/** Whether nothing more happens to a run with that status. */
export function isRunOver(status: string): boolean {
	return OVER.has(status);
}

/**
 * Follows canvases and runs on one connection. A lost one is taken up again after the last version that was told, so
 * that no change is missed or told twice. Returns what ends it; it ends by itself when all canvases are deleted and all
 * runs are over. To follow others, too, follow anew with the versions that were reached.
 */
export function follow(pixlog: Pixlog, followed: Followed, listeners: Listeners): () => void {
	const reached = new Map(Object.entries(followed.canvases ?? {}));
	const runs = new Set(followed.runs ?? []);
	let isEnded = false;
	const tell = (listener: () => void) => {
		if (!isEnded) guarded(listener);
	};

	const remove = (event: DeletedEvent) => {
		if (reached.delete(event.canvas)) tell(() => listeners.deleted?.(event));
	};
	const on: Record<string, (body: never) => void> = {
		pixels: (event: PixelsEvent) => {
			if (reach(reached, event)) tell(() => listeners.pixels?.(event));
		},
		state: (event: StateEvent) => {
			if (reach(reached, event)) tell(() => listeners.state?.(event));
		},
		run: (event: RunBody) => {
			if (isRunOver(event.status)) runs.delete(event.id);
			tell(() => listeners.run?.(event));
		},
		deleted: remove,
	};

	const end = keepOpen({
		open: (signal) =>
			// It counts its failures itself, and says that it waits.
			pixlog.request(path(reached, runs), { headers: { Accept: 'text/event-stream' }, signal, retries: 0 }),
		event: (name, data) => on[name]?.(JSON.parse(data) as never),
		connection: (state) => tell(() => listeners.connection?.(state)),
		isOver: () => reached.size + runs.size === 0,
		async failed(error) {
			// A cut connection, or a server or proxy in trouble, is no refusal.
			if (!(error instanceof ApiError) || error.isTemporary || error.status >= 500) return true;
			const deleted = error.status === 410 ? await findDeleted(pixlog, [...reached.keys()]) : [];
			for (const canvas of deleted) remove({ canvas });
			if (deleted.length > 0) return true;
			tell(() => listeners.failed?.(error));
			return false;
		},
	});
	return () => {
		isEnded = true;
		end();
	};
}

function path(reached: Map<string, number>, runs: Set<number>): string {
	const query = new URLSearchParams();
	for (const name of reached.keys()) query.append('canvas', name);
	for (const run of runs) query.append('run', String(run));
	if (reached.size > 0) query.set('after', [...reached].map(([name, version]) => `${name}=${version}`).join(','));
	return `/api/v1/events?${query}`;
}

/** Whether an event is the next one of its canvas. Where it is not, the connection is taken up again from what was. */
function reach(reached: Map<string, number>, { canvas, from, version }: PixelsEvent | StateEvent): boolean {
	const known = reached.get(canvas);
	if (known === undefined || version <= known) return false;
	if (from !== known) throw new Error(`Version ${from} of ${canvas} follows ${known}`);
	reached.set(canvas, version);
	return true;
}

/** A listener that fails fails by itself: what it was told is not told again. */
function guarded(listener: () => void): void {
	try {
		listener();
	} catch (error) {
		queueMicrotask(() => {
			throw error;
		});
	}
}

/** A refusal of a connection does not say which of its canvases was deleted. */
async function findDeleted(pixlog: Pixlog, names: string[]): Promise<string[]> {
	const isDeleted = async (name: string) => {
		const path = `/api/v1/canvases/${name}`;
		const error = await pixlog.request(path, { method: 'HEAD' }).then(
			() => null,
			(error: unknown) => error,
		);
		return error instanceof ApiError && error.status === 410;
	};
	const answers = await Promise.all(names.map(isDeleted));
	return names.filter((_, at) => answers[at]);
}
