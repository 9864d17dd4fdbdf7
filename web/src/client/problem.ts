import type { Problem } from './schema';

const TYPE = 'urn:pixlog:problem:';
const TEMPORARY = new Set([0, 408, 429, 502, 503, 504, 507]);

/** What the server refused, in its own words (RFC 9457), or that it could not be reached (`status` 0). */
export class ApiError extends Error {
	/** The HTTP status, or 0 where no answer came. */
	readonly status: number;
	readonly problem: Partial<Problem>;
	/** How long the server asks to wait before the next try, in milliseconds; 0 where it does not say. */
	readonly retryAfterMs: number;

	constructor(status: number, problem: Partial<Problem>, cause?: unknown, retryAfterMs = 0) {
		super(problem.detail ?? problem.title ?? (status === 0 ? 'The server cannot be reached' : `Status ${status}`), {
			cause,
		});
		this.name = 'ApiError';
		this.status = status;
		this.problem = problem;
		this.retryAfterMs = problem.retry_after_ms ?? retryAfterMs;
	}

	/** Whether the same request may succeed later, unchanged. */
	get isTemporary(): boolean {
		return TEMPORARY.has(this.status) || this.code === 'key-in-flight';
	}

	/** What kind of problem it is, in one word: `deleted`, `too-soon`, `bad-pixel`; empty where the server did not say. */
	get code(): string {
		const { type = '' } = this.problem;
		return type.startsWith(TYPE) ? type.slice(TYPE.length) : '';
	}
}

/** The wait that `Retry-After` asks for; 0 where it says nothing readable. */
export function retryAfterMs(headers: Headers): number {
	return 1000 * Number(headers.get('Retry-After') ?? 0) || 0;
}
