import createFetchClient, { type Client } from 'openapi-fetch';
import { newKey } from './key';
import { ApiError, retryAfterMs } from './problem';
import { type RetryOptions, retrying } from './retry';
import type { Problem, paths } from './schema';

export interface PixlogOptions extends RetryOptions {
	/** Where the server is, without a slash at the end; the page's own origin where nothing is said. */
	baseUrl?: string;
	/** Sent as a bearer token with every request. */
	token?: string;
	fetch?: (request: Request) => Promise<Response>;
}

export interface PixlogRequest extends RequestInit {
	/** In place of the client's own number. */
	retries?: number;
}

/** A typed client of one server. `api` has a method a verb, its paths and bodies checked against the OpenAPI document. */
export interface Pixlog {
	readonly baseUrl: string;
	readonly api: Client<paths>;
	/** Any request below the server, with the same token and retries. Paths that start with a slash; `next` links are such. */
	request(path: string, init?: PixlogRequest): Promise<Response>;
}

/** Makes a client. Writes that carry no `Idempotency-Key` are given one, so that they can be repeated safely. */
export function createPixlog(options: PixlogOptions = {}): Pixlog {
	const baseUrl = options.baseUrl ?? globalThis.location?.origin ?? '';
	const once = options.fetch ?? ((request: Request) => globalThis.fetch(request));
	const repeated = retrying(once, options);
	const send = (request: Request, retries?: number) => {
		if (options.token) request.headers.set('Authorization', `Bearer ${options.token}`);
		if (takesKey(request) && !request.headers.has('Idempotency-Key')) {
			request.headers.set('Idempotency-Key', newKey());
		}
		return repeated(request, retries);
	};
	return {
		baseUrl,
		api: createFetchClient<paths>({ baseUrl, fetch: (request) => send(request) }),
		async request(path, { retries, ...init } = {}) {
			const response = await send(new Request(new URL(path, `${baseUrl}/`), init), retries).catch(unreachable);
			if (!response.ok) throw await errorOf(response);
			return response;
		},
	};
}

/** The writes of the API itself take a key; the calls of the original service and sessions do not. */
function takesKey(request: Request): boolean {
	const { pathname } = new URL(request.url);
	const isWrite = request.method === 'POST' || request.method === 'PUT';
	return isWrite && pathname.startsWith('/api/v1/') && pathname !== '/api/v1/session';
}

/** The body of an answer of `api`, or an {@link ApiError}. */
export async function data<T>(
	answer: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<NonNullable<T>> {
	const { data: body, error, response } = await answer.catch(unreachable);
	if (error !== undefined || !response.ok) {
		throw new ApiError(response.status, typeof error === 'object' && error !== null ? (error as Partial<Problem>) : {});
	}
	return body as NonNullable<T>;
}

function unreachable(cause: unknown): never {
	if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
	throw new ApiError(0, {}, cause);
}

async function errorOf(response: Response): Promise<ApiError> {
	const problem = await response.json().catch(() => ({}));
	return new ApiError(response.status, problem as Partial<Problem>, undefined, retryAfterMs(response.headers));
}
