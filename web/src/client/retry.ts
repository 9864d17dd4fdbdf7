import { errorOf, retryAfterMs } from './problem';

/** How a request is tried again. */
export interface RetryOptions {
	/** How often at most after the first time; 4 where nothing is said. */
	retries?: number;
	/** The wait before the first of them in milliseconds; it doubles each time, and half of it is random. */
	delayMs?: number;
	/** A server that asks to wait for longer than this has its answer given to the caller; 30 s where nothing is said. */
	maxWaitMs?: number;
}

type Send = (request: Request) => Promise<Response>;

const RETRIED_STATUSES = new Set([408, 429, 502, 503, 504]);
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS', 'DELETE']);
/** How often a write that is still being done under its own key is asked after, and for how long in all. */
const IN_FLIGHT_MS = 500;
const IN_FLIGHT_MS_MAX = 60_000;

/**
 * A fetch that repeats what may be repeated: reads, and writes that carry an `Idempotency-Key`. `Retry-After` is obeyed.
 * The last answer, or the last failure, is the caller's.
 */
export function retrying(fetch: Send, options: RetryOptions = {}) {
	const { delayMs = 250, maxWaitMs = 30_000 } = options;
	return async (request: Request, retries = options.retries ?? 4): Promise<Response> => {
		if (!isRepeatable(request)) return fetch(request);
		let isLost = false;
		let waitedInFlight = 0;
		for (let failures = 0; ; ) {
			const response = await fetch(request.clone()).catch((error: unknown) => {
				if (failures >= retries || request.signal.aborted) throw error;
			});
			let wait = spread(delayMs * 2 ** failures);
			if (!response) {
				isLost = true;
				failures += 1;
			} else if (waitedInFlight < IN_FLIGHT_MS_MAX && (await isInFlight(response))) {
				wait = spread(IN_FLIGHT_MS);
				waitedInFlight += wait;
			} else {
				const asked = retryAfterMs(response.headers);
				if (failures >= retries || asked > maxWaitMs || !RETRIED_STATUSES.has(response.status)) {
					return isLost ? outcome(request, response) : response;
				}
				wait = Math.max(wait, asked);
				failures += 1;
			}
			await response?.body?.cancel();
			await pause(wait, request.signal);
		}
	};
}

/** A GET of the original service starts a run where it says `init`: twice would be two runs. */
function isRepeatable({ method, headers, url }: Request): boolean {
	return headers.has('Idempotency-Key') || (SAFE_METHODS.has(method) && !new URL(url).searchParams.has('init'));
}

/** An earlier sending of the same write goes on in the server although its answer was lost: its outcome is to come. */
async function isInFlight(response: Response): Promise<boolean> {
	return response.status === 409 && (await errorOf(response.clone())).code === 'key-in-flight';
}

/** What was to be deleted is gone: an earlier sending, whose answer was lost, has done it. */
function outcome(request: Request, response: Response): Response {
	const isGone = response.status === 404 || response.status === 410;
	return request.method === 'DELETE' && isGone ? new Response(null, { status: 204 }) : response;
}

/** At random up to half less, so that clients that were refused together do not come back together. */
export function spread(milliseconds: number): number {
	return milliseconds * (0.5 + Math.random() / 2);
}

/** Waits, unless the signal ends it with its reason. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
	return new Promise((resolve, reject) => {
		signal?.throwIfAborted();
		const stop = () => {
			clearTimeout(timer);
			reject(signal?.reason);
		};
		const timer = setTimeout(() => {
			signal?.removeEventListener('abort', stop);
			resolve();
		}, milliseconds);
		signal?.addEventListener('abort', stop, { once: true });
	});
}
