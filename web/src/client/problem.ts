import type { Problem } from './schema';

/** What the server refused, in its own words (RFC 9457), or that it could not be reached (`status` 0). */
export class ApiError extends Error {
	/** The HTTP status, or 0 where no answer came. */
	readonly status: number;
	readonly problem: Partial<Problem>;

	constructor(status: number, problem: Partial<Problem>, cause?: unknown) {
		super(problem.detail ?? problem.title ?? (status === 0 ? 'The server cannot be reached' : `Status ${status}`), {
			cause,
		});
		this.name = 'ApiError';
		this.status = status;
		this.problem = problem;
	}

	/** Whether the same request may succeed later, unchanged. */
	get isTemporary(): boolean {
		return (
			this.status === 0 || this.status === 408 || this.status === 429 || this.status === 503 || this.status === 507
		);
	}
}
