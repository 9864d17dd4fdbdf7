import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { Pixlog } from './client';
import { ApiError } from './problem';
import { pause } from './retry';
import type { DeletedEvent, PixelsEvent, RunBody, StateEvent } from './schema';

/** What is followed: canvases with the version that is already known, and runs. */
export interface Followed {
	canvases?: Record<string, number>;
	runs?: number[];
}

export type ConnectionState = 'connecting' | 'open' | 'waiting';

export interface Listeners {
	pixels?(event: PixelsEvent): void;
	state?(event: StateEvent): void;
	run?(event: RunBody): void;
	deleted?(event: DeletedEvent): void;
	/** `waiting`: the connection was lost, and is tried again after a while. */
	connection?(state: ConnectionState): void;
	/** What ends it: a refusal that no repetition mends. */
	failed?(error: ApiError): void;
}

const RETRY_MS = 1000;
const RETRY_MS_MAX = 15_000;

/**
 * Follows canvases and runs on one connection. A lost one is taken up again after the last version that was told, so
 * that no change is missed or told twice. Returns what ends it.
 */
export function follow(pixlog: Pixlog, followed: Followed, listeners: Listeners): () => void {
	const abort = new AbortController();
	const reached = new Map(Object.entries(followed.canvases ?? {}));
	void (async () => {
		for (let failures = 0; !abort.signal.aborted; failures += 1) {
			listeners.connection?.('connecting');
			try {
				const response = await pixlog.request(path(reached, followed.runs ?? []), {
					headers: { Accept: 'text/event-stream' },
					signal: abort.signal,
				});
				listeners.connection?.('open');
				failures = 0;
				await listen(response, reached, listeners);
			} catch (error) {
				if (abort.signal.aborted) return;
				if (error instanceof ApiError && !error.isTemporary) {
					listeners.failed?.(error);
					return;
				}
			}
			listeners.connection?.('waiting');
			await pause(Math.min(RETRY_MS * 2 ** failures, RETRY_MS_MAX) * (0.5 + Math.random() / 2), abort.signal).catch(
				() => {},
			);
		}
	})();
	return () => abort.abort();
}

function path(reached: Map<string, number>, runs: number[]): string {
	const query = new URLSearchParams();
	for (const name of reached.keys()) query.append('canvas', name);
	for (const run of runs) query.append('run', String(run));
	if (reached.size > 0) query.set('after', [...reached].map(([name, version]) => `${name}=${version}`).join(','));
	return `/api/v1/events?${query}`;
}

async function listen(response: Response, reached: Map<string, number>, listeners: Listeners): Promise<void> {
	const events = response.body?.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
	for await (const { event, data } of events ?? []) {
		const body = JSON.parse(data);
		if (event === 'pixels' || event === 'state') {
			if (body.version <= (reached.get(body.canvas) ?? 0)) continue;
			reached.set(body.canvas, body.version);
		}
		if (event === 'pixels') listeners.pixels?.(body);
		else if (event === 'state') listeners.state?.(body);
		else if (event === 'run') listeners.run?.(body);
		else if (event === 'deleted') listeners.deleted?.(body);
	}
}
