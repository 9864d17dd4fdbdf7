import { ApiError, type CommittedBody, type Pixlog, type UndoneBody, type WrittenState } from '../../client';
import type { Entry, Versions } from './entry';

/** What a request has made. */
export interface Sent {
	/** The entries of the log; `null` where nothing changed. */
	made: Versions | null;
	/** The version at which what was asked for is there. */
	version: number;
	/** Cells that have another colour, and those that others painted over; of an undo. */
	changed: number;
	skipped: number;
}

export type Send = (entry: Entry) => Promise<Sent>;

/** A connection that says nothing for so long is taken for lost. */
const TIMEOUT_MS = 60_000;

/** Sends an entry by its kind, once: when to repeat is decided by the outbox, which shows why it waits. */
export function sendBy(pixlog: Pixlog): Send {
	return async (entry) => {
		try {
			return await send(pixlog, entry);
		} catch (error) {
			// A connection that broke within an answer, or was silent for too long.
			throw error instanceof ApiError ? error : new ApiError(0, {}, error);
		}
	};
}

async function send(pixlog: Pixlog, entry: Entry): Promise<Sent> {
	const { write, canvas, author, key } = entry;
	const path = `/api/v1/canvases/${canvas}`;
	const post = async <T>(
		method: string,
		url: string,
		type: string,
		body: BodyInit,
		idempotencyKey = key,
	): Promise<T> => {
		const headers = { 'Content-Type': type, 'Idempotency-Key': idempotencyKey };
		const signal = AbortSignal.timeout(TIMEOUT_MS);
		const response = await pixlog.request(url, { method, headers, body, signal, retries: 0 });
		return (await response.json()) as T;
	};
	switch (write.kind) {
		case 'pixels': {
			const url = `${path}/pixels${queryOf({ author })}`;
			const { first_version, version } = await post<CommittedBody>('POST', url, 'application/octet-stream', write.rows);
			return { made: { first_version, version }, version, changed: write.count, skipped: 0 };
		}
		case 'picture': {
			const { x, y } = write.region;
			const url = `${path}/state${queryOf({ x: String(x), y: String(y), author, flatten: write.flatten ?? '' })}`;
			const { version, changed } = await post<WrittenState>('PUT', url, write.type, write.picture);
			return { made: changed > 0 ? { first_version: version, version } : null, version, changed, skipped: 0 };
		}
		case 'undo': {
			const rest = write.rest ?? [];
			const body = JSON.stringify({ ...rest.at(-1), ...(author ? { author } : {}) });
			// Each of several ranges is a request of its own.
			const undoKey = `${key}-${rest.length}`;
			const answer = await post<UndoneBody>('POST', `${path}/undo`, 'application/json', body, undoKey);
			const { version, changed, skipped } = answer;
			return { made: changed > 0 ? { first_version: version, version } : null, version, changed, skipped };
		}
	}
}

function queryOf(fields: Record<string, string>): string {
	const query = new URLSearchParams(Object.entries(fields).filter(([, value]) => value !== ''));
	return query.size > 0 ? `?${query}` : '';
}
