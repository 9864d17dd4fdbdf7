import type { ApiError } from '../../client';
import type { Write } from './entry';

/**
 * What is to be done with an entry that failed. `wait`: the same again after a while. `hold`: the same again when
 * somebody says so, who may have to sign in first. `refuse`: the server will never take it, and has changed nothing.
 */
export type Verdict = 'wait' | 'hold' | 'refuse';

export function verdictOn(error: ApiError, kind: Write['kind']): Verdict {
	if (error.isTemporary) return 'wait';
	// Pixels are work that must not be lost while somebody signs in; the others are asked for again by one key.
	if (error.status === 401 || error.status === 403) return kind === 'pixels' ? 'hold' : 'refuse';
	return error.status >= 500 || error.status < 400 ? 'hold' : 'refuse';
}

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 15_000;
const IN_FLIGHT_WAIT_MS = 300;

/** How long to wait after so many failures in a row. */
export function waitAfter(error: ApiError, failures: number): number {
	if (error.retryAfterMs > 0) return error.retryAfterMs;
	if (error.code === 'key-in-flight') return IN_FLIGHT_WAIT_MS;
	return Math.min(FIRST_WAIT_MS * 2 ** failures, LONGEST_WAIT_MS);
}
