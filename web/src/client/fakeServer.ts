import { createPixlog, type PixlogOptions } from './client';

/** What a test lets a server answer; `undefined`: no answer comes. */
export type Answer = Response | undefined | Promise<Response | undefined>;

/** A server that is a function, for tests. Requests wait to be looked at in `requests`. */
export function fakeServer(answer: (request: Request, number: number) => Answer, options: PixlogOptions = {}) {
	const requests: { method: string; path: string; headers: Headers; body: string; signal: AbortSignal }[] = [];
	const fetch = async (request: Request) => {
		const { method, url, headers, signal } = request;
		const body = request.body ? await request.text() : '';
		requests.push({ method, path: url.replace('http://server', ''), headers, body, signal });
		const response = await Promise.race([answer(request, requests.length), ended(signal)]);
		if (!response) throw new TypeError('fetch failed');
		return response.redirected ? response : endable(response, signal);
	};
	return { requests, pixlog: createPixlog({ baseUrl: 'http://server', delayMs: 10, fetch, ...options }) };
}

/** As in a browser, the end of a request is the end of its answer, too. */
function endable(response: Response, signal: AbortSignal): Response {
	if (!response.body) return response;
	return new Response(response.body.pipeThrough(new TransformStream(), { signal }), response);
}

function ended(signal: AbortSignal): Promise<never> {
	return new Promise((_, reject) => {
		if (signal.aborted) reject(signal.reason);
		signal.addEventListener('abort', () => reject(signal.reason));
	});
}

export function json(body: unknown, init: ResponseInit = {}): Response {
	return new Response(JSON.stringify(body), {
		...init,
		headers: { 'Content-Type': 'application/json', ...init.headers },
	});
}

export function problem(status: number, code: string, headers: Record<string, string> = {}): Response {
	return json(
		{ type: `urn:pixlog:problem:${code}`, status, title: code, detail: `It is ${code}` },
		{ status, headers },
	);
}

/** An answer whose body comes as a test says. */
export function stream(type = 'text/event-stream') {
	let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
	let isCancelled = false;
	const body = new ReadableStream<Uint8Array>({
		start(started) {
			controller = started;
		},
		cancel() {
			isCancelled = true;
		},
	});
	return {
		response: new Response(body, { headers: { 'Content-Type': type } }),
		send: (piece: string | Uint8Array) =>
			controller?.enqueue(typeof piece === 'string' ? new TextEncoder().encode(piece) : piece),
		/** As the server writes it. */
		event: (name: string, data: unknown) =>
			controller?.enqueue(new TextEncoder().encode(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`)),
		end: () => controller?.close(),
		fail: () => controller?.error(new TypeError('network error')),
		isCancelled: () => isCancelled,
	};
}
