/** How a request is tried again. */
export interface RetryOptions {
	/** How often at most after the first time; 4 where nothing is said. */
	retries?: number;
	/** The wait before the first of them in milliseconds; it doubles each time, and half of it is random. */
	delayMs?: number;
}

const RETRIED_STATUSES = new Set([408, 429, 502, 503, 504]);
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS', 'DELETE']);

/**
 * A fetch that repeats what may be repeated: reads, and writes that carry an `Idempotency-Key`. `Retry-After` is obeyed.
 * The last answer, or the last failure, is the caller's.
 */
export function retrying(fetch: (request: Request) => Promise<Response>, options: RetryOptions = {}) {
	const { delayMs = 250 } = options;
	return async (request: Request, retries = options.retries ?? 4): Promise<Response> => {
		const mayRepeat = SAFE_METHODS.has(request.method) || request.headers.has('Idempotency-Key');
		for (let attempt = 0; ; attempt += 1) {
			const isLast = !mayRepeat || attempt >= retries;
			let wait = delayMs * 2 ** attempt * (0.5 + Math.random() / 2);
			try {
				const response = await fetch(isLast ? request : request.clone());
				if (isLast || !RETRIED_STATUSES.has(response.status)) return response;
				wait = Math.max(wait, 1000 * Number(response.headers.get('Retry-After') ?? 0) || 0);
			} catch (error) {
				if (isLast || request.signal.aborted) throw error;
			}
			await pause(wait, request.signal);
		}
	};
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
