import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render } from '@testing-library/react';
import { Tooltip } from 'radix-ui';
import type { ReactNode } from 'react';
import { createPixlog, type Pixlog, PixlogProvider } from './client';
import { Notices } from './ui/notices';

/** What a test's server answers: a JSON body, or a response; what it throws is a lost connection. */
export type Answer = (request: Request) => unknown;

/** A client of a server that is a function. Requests are kept in `asked`, as `METHOD /path?query`, with their bodies. */
export function testServer(answer: Answer) {
	const asked: { line: string; body: unknown; headers: Headers }[] = [];
	const pixlog: Pixlog = createPixlog({
		baseUrl: 'http://pixlog.test',
		retries: 0,
		fetch: async (request) => {
			const { pathname, search } = new URL(request.url);
			const text = await request.clone().text();
			asked.push({
				line: `${request.method} ${pathname}${search}`,
				body: text === '' ? null : JSON.parse(text),
				headers: request.headers,
			});
			const said = await answer(request);
			return said instanceof Response ? said : Response.json(said ?? {});
		},
	});
	return { pixlog, asked };
}

/** A refusal as the server words it. */
export function problem(status: number, type: string, detail: string): Response {
	return Response.json({ type: `urn:pixlog:problem:${type}`, status, detail }, { status });
}

/** Events that are sent when the test says so. */
export function eventStream() {
	let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
	const stream = new ReadableStream<Uint8Array>({
		start(given) {
			controller = given;
		},
	});
	const send = (event: string, data: unknown) =>
		controller?.enqueue(new TextEncoder().encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
	return { response: new Response(stream, { headers: { 'Content-Type': 'text/event-stream' } }), send };
}

/** Renders with what the app puts around all its pages. */
export function renderWith(pixlog: Pixlog, children: ReactNode) {
	const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
	const around = (inner: ReactNode) => (
		<PixlogProvider client={pixlog}>
			<QueryClientProvider client={queries}>
				<Tooltip.Provider>
					{inner}
					<Notices />
				</Tooltip.Provider>
			</QueryClientProvider>
		</PixlogProvider>
	);
	return { queries, ...render(around(children)) };
}
