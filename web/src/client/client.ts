import createFetchClient, { type Client } from 'openapi-fetch';
import { newKey } from './key';
import { ApiError, errorOf, refusal } from './problem';
import { type RetryOptions, retrying } from './retry';
import type { paths } from './schema';

export interface PixlogOptions extends RetryOptions {
	/** Where the server is; the page's own origin where nothing is said. */
	baseUrl?: string;
	/** Sent as a bearer token with every request. */
	token?: string;
	/** `include` lets a page of another origin have the session that stands for its token. */
	credentials?: RequestCredentials;
	fetch?: (request: Request) => Promise<Response>;
}

export interface PixlogRequest extends RequestInit {
	/** In place of the client's own number. */
	retries?: number;
}

/** A typed client of one server. `api` has a method a verb, its paths and bodies checked against the OpenAPI document. */
export interface Pixlog {
	/** Without a slash at the end. */
	readonly baseUrl: string;
	/** For what sends requests by other means. */
	readonly token: string | undefined;
	readonly api: Client<paths>;
	/**
	 * Any request below the server, with the same token and retries; a refusal is an {@link ApiError}. Paths that start
	 * with a slash; `next` links are such.
	 */
	request(path: string, init?: PixlogRequest): Promise<Response>;
}

/** Makes a client. Writes that carry no `Idempotency-Key` are given one, so that they can be repeated safely. */
export function createPixlog(options: PixlogOptions = {}): Pixlog {
	const baseUrl = absolute(options.baseUrl ?? '');
	const { token, credentials = 'same-origin' } = options;
	const repeated = retrying(options.fetch ?? ((request) => globalThis.fetch(request)), options);
	const send = async (request: Request, retries?: number) => {
		if (token) request.headers.set('Authorization', `Bearer ${token}`);
		if (takesKey(request.method, request.url.slice(baseUrl.length)) && !request.headers.has('Idempotency-Key')) {
			request.headers.set('Idempotency-Key', newKey());
		}
		try {
			return await repeated(request, retries);
		} catch (cause) {
			// What the caller ended is told as the caller's own reason.
			if (request.signal.aborted) throw cause;
			throw new ApiError(0, {}, cause);
		}
	};
	return {
		baseUrl,
		token,
		api: createFetchClient<paths>({ baseUrl, credentials, fetch: (request) => send(request) }),
		async request(path, { retries, ...init } = {}) {
			const response = await send(new Request(baseUrl + path, { credentials, ...init }), retries);
			if (!response.ok) throw await errorOf(response);
			return response;
		},
	};
}

/** Slashes at the end are dropped. Without a page, nothing is added. */
function absolute(baseUrl: string): string {
	const page = globalThis.location?.origin;
	const url = page && page !== 'null' ? new URL(baseUrl, page).href : baseUrl;
	return url.replace(/\/+$/, '');
}

/** The writes of the API itself take a key; the calls of the original service and sessions do not. */
function takesKey(method: string, path: string): boolean {
	const isWrite = method === 'POST' || method === 'PUT';
	return isWrite && path.startsWith('/api/v1/') && path !== '/api/v1/session';
}

/** The body of an answer of `api`, or an {@link ApiError}. */
export async function data<T>(
	answer: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<NonNullable<T>> {
	const { data: body, error, response } = await answer.catch(unreadable);
	if (error !== undefined || !response.ok) throw refusal(response, error);
	return body as NonNullable<T>;
}

/** An answer that was cut off, or is not what it says, is as good as none. Else it is the caller's own end. */
function unreadable(cause: unknown): never {
	const isCut = cause instanceof Error && (cause.name === 'TypeError' || cause.name === 'SyntaxError');
	throw isCut ? new ApiError(0, {}, cause) : cause;
}
