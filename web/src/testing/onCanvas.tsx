import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render } from '@testing-library/react';
import { Tooltip } from 'radix-ui';
import type { ReactNode } from 'react';
import { vi } from 'vitest';
import { FeedContext, type FeedListener } from '../canvas/feed';
import { CanvasStoreContext, createCanvasStore } from '../canvas/store';
import { type CanvasBody, createPixlog, PixlogProvider } from '../client';
import { type View, ViewContext } from '../view/view';

export const CANVAS: CanvasBody = {
	name: 'art',
	width: 100,
	height: 50,
	mode: 'rgb',
	background: '#ffffff',
	cooldown_ms: 0,
	created_at: '2026-05-03T12:00:00.000Z',
	updated_at: '2026-05-03T12:30:00.000Z',
	version: 500,
};

/** Answers by what a path, with its query, begins with; below the canvas. */
export type Answers = Record<string, (url: URL, request: Request) => unknown>;

function problem(status: number, detail: string, more = {}) {
	return Response.json({ status, detail, ...more }, { status });
}

/** Renders a part of the page of a canvas with 500 versions, against answers in place of a server. */
export function renderOnCanvas(part: ReactNode, answers: Answers = {}) {
	const store = createCanvasStore(CANVAS);
	const listeners = new Set<FeedListener>();
	const feed = {
		subscribe(listener: FeedListener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
	};
	const view = {
		setLayer: vi.fn(),
		fit: vi.fn(),
		moveTo: vi.fn(),
		size: () => ({ width: 400, height: 200 }),
		settled: async () => {},
	};
	const requests: Request[] = [];
	const pixlog = createPixlog({
		baseUrl: 'http://localhost',
		retries: 0,
		fetch: async (request) => {
			requests.push(request.clone());
			const url = new URL(request.url);
			const path = `${request.method} ${url.pathname}${url.search}`.replace('/api/v1/canvases/art', '');
			const found = Object.entries(answers).find(([start]) => path.startsWith(start));
			if (!found) return problem(404, `nothing answers ${path}`);
			const answer = await found[1](url, request);
			return answer instanceof Response ? answer : Response.json(answer);
		},
	});
	const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
	const rendered = render(
		<PixlogProvider client={pixlog}>
			<QueryClientProvider client={queries}>
				<Tooltip.Provider>
					<CanvasStoreContext value={store}>
						<FeedContext value={feed}>
							<ViewContext value={view as unknown as View}>{part}</ViewContext>
						</FeedContext>
					</CanvasStoreContext>
				</Tooltip.Provider>
			</QueryClientProvider>
		</PixlogProvider>,
	);
	return { ...rendered, store, view, requests, listeners, problem };
}

/** Entries of a log, each a pixel by Ada. */
export function pixelEntry(version: number) {
	return {
		version,
		kind: 'pixel',
		x: version % CANVAS.width,
		y: 1,
		color: '#00ff00',
		time: new Date(Date.parse(CANVAS.created_at) + version * 1000).toISOString(),
		author: 'Ada',
		authenticated: false,
		source: 'api',
	};
}
