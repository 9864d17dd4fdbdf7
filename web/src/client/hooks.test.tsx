import { act, cleanup, renderHook } from '@testing-library/react';
import { type ReactNode, StrictMode } from 'react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Answer, fakeServer, json, problem, stream } from './fakeServer';
import { LINGER_MS } from './live';
import { PixlogProvider } from './react';
import { useCanvas } from './useCanvas';
import { type HistoryFilters, useHistory } from './useHistory';
import { usePingPong } from './usePingPong';
import { useRun } from './useRun';

beforeEach(() => {
	vi.useFakeTimers();
});
afterEach(async () => {
	cleanup();
	await vi.advanceTimersByTimeAsync(LINGER_MS);
	vi.useRealTimers();
});

const tick = (ms = 0) => act(() => vi.advanceTimersByTimeAsync(ms));

/** Uses a hook in strict mode, with a server that is a function of method and path. */
async function use<P, T>(hook: (props: P) => T, answer: (path: string, body: string) => Answer, initialProps: P) {
	const fake = fakeServer(async (request) => {
		const path = `${request.method} ${request.url.replace('http://server', '')}`;
		return answer(path, '');
	});
	const wrapper = ({ children }: { children: ReactNode }) => (
		<StrictMode>
			<PixlogProvider client={fake.pixlog}>{children}</PixlogProvider>
		</StrictMode>
	);
	const rendered = renderHook(hook, { wrapper, initialProps });
	await tick();
	const paths = () => fake.requests.map(({ method, path }) => `${method} ${path}`);
	return { ...fake, ...rendered, wrapper, paths };
}

const art = { name: 'art', width: 8, height: 8, mode: 'rgb', version: 3 };
const imageAt = (version: number) => `http://server/api/v1/canvases/art/image.png?version=${version}`;

test('useCanvas: one connection, a head that moves, a picture now and then', async () => {
	const events = stream();
	const answer = (path: string) => (path.includes('/events') ? events.response : json(art));
	const { result, paths } = await use(() => useCanvas('art'), answer, {});
	expect(paths()).toEqual(['GET /api/v1/canvases/art', 'GET /api/v1/events?canvas=art&after=art%3D3']);
	await tick();
	expect(result.current).toMatchObject({ canvas: art, head: 3, connection: 'open', image: imageAt(3), error: null });
	for (let version = 4; version <= 10; version += 1) {
		events.event('pixels', { canvas: 'art', from: version - 1, version, pixels: [] });
		await tick(100);
	}
	expect(result.current.head).toBe(10);
	// Changes that keep coming do not put it off.
	expect(result.current.image).toBe(imageAt(7));
	await tick(400);
	expect(result.current.image).toBe(imageAt(10));
});

test('useCanvas: two users share a connection, which ends after the last of them', async () => {
	const events = stream();
	const answer = (path: string) => (path.includes('/events') ? events.response : json(art));
	const { result, unmount, wrapper, paths } = await use(() => useCanvas('art'), answer, {});
	const second = renderHook(() => useCanvas('art'), { wrapper });
	await tick();
	expect(paths()).toHaveLength(2);
	second.unmount();
	await tick(LINGER_MS);
	expect(events.isCancelled()).toBe(false);
	expect(result.current.connection).toBe('open');
	unmount();
	await tick(LINGER_MS);
	expect(events.isCancelled()).toBe(true);
});

test('useCanvas: draws, and says what was refused', async () => {
	const committed = { first_version: 4, version: 5, time: '' };
	const events = stream();
	let isRefused = false;
	const answer = (path: string) => {
		if (path.includes('/events')) return events.response;
		if (path.startsWith('POST')) return isRefused ? problem(422, 'bad-pixel') : json(committed);
		return json(art);
	};
	const { result, requests } = await use(() => useCanvas('art'), answer, {});
	await act(() => result.current.draw([[1, 2, '#ff0000']], { author: 'me', key: 'k1', ifHead: 3 }));
	expect(result.current.head).toBe(5);
	events.event('pixels', { canvas: 'art', from: 3, version: 4, pixels: [] });
	await tick();
	expect(result.current.head).toBe(5);
	const { headers, body } = requests.at(-1) ?? { headers: new Headers(), body: '' };
	expect(body).toBe('{"pixels":[[1,2,"#ff0000"]],"author":"me"}');
	expect(headers.get('Idempotency-Key')).toBe('k1');
	expect(headers.get('If-Match')).toBe('"3"');
	isRefused = true;
	await expect(result.current.draw([[9, 9, '#ff0000']])).rejects.toMatchObject({ code: 'bad-pixel' });
});

test('useCanvas: what may pass is tried again, what is refused is told and can be retried', async () => {
	let state: 'down' | 'missing' | 'up' = 'down';
	const answer = (path: string) => {
		if (state === 'down') return undefined;
		if (state === 'missing') return problem(404, 'no-such-canvas');
		return path.includes('/events') ? stream().response : json(art);
	};
	const { result, paths } = await use(() => useCanvas('art'), answer, {});
	await tick(1000);
	expect(result.current).toMatchObject({ connection: 'waiting', error: { status: 0 } });
	state = 'missing';
	await tick(4000);
	expect(result.current.error).toMatchObject({ status: 404 });
	const { length } = paths();
	await tick(60_000);
	expect(paths()).toHaveLength(length);
	state = 'up';
	act(() => result.current.retry());
	await tick();
	expect(result.current).toMatchObject({ head: 3, error: null, connection: 'open' });
});

test('useCanvas: another name is another canvas at once', async () => {
	const answer = (path: string) => {
		if (path.includes('/events')) return stream().response;
		return json(path.endsWith('/b') ? { ...art, name: 'b', version: 9 } : art);
	};
	const hook = ({ name }: { name: string }) => useCanvas(name);
	const { result, rerender } = await use(hook, answer, { name: 'art' });
	rerender({ name: 'b' });
	expect(result.current).toMatchObject({ canvas: null, head: null, image: null });
	await tick();
	expect(result.current).toMatchObject({ head: 9, image: imageAt(9).replace('art', 'b') });
});

test('useCanvas: a deletion is told', async () => {
	const events = stream();
	const { result } = await use(
		() => useCanvas('art'),
		(path) => (path.includes('/events') ? events.response : json(art)),
		{},
	);
	events.event('deleted', { canvas: 'art' });
	await tick();
	expect(result.current.isDeleted).toBe(true);
});

const entry = (version: number) => ({ version, kind: 'pixel' });
const versions = (entries: { version: number }[]) => entries.map(({ version }) => version);

test('useHistory: pages are put together; empty ones are passed', async () => {
	const pages: Record<string, unknown> = {
		'/api/v1/canvases/art/history?limit=2&author=me': { version: 9, entries: [entry(9), entry(8)], next: '/p2' },
		'/p2': { version: 10, entries: [], next: '/p3' },
		'/p3': { version: 10, entries: [entry(1)] },
	};
	// An app without strict optional properties leaves out a filter like this.
	const filters = { limit: 2, author: 'me', kind: undefined } as unknown as HistoryFilters;
	const answer = (path: string) => json(pages[path.replace('GET ', '')]);
	const { result, paths } = await use(() => useHistory('art', filters), answer, {});
	expect(result.current).toMatchObject({ head: 9, hasMore: true, isLoading: false });
	expect(versions(result.current.entries)).toEqual([9, 8]);
	act(() => result.current.more());
	act(() => result.current.more());
	expect(result.current.isLoading).toBe(true);
	await tick();
	expect(versions(result.current.entries)).toEqual([9, 8, 1]);
	expect(result.current.hasMore).toBe(false);
	act(() => result.current.more());
	await tick();
	expect(paths()).toHaveLength(3);
});

test('useHistory: a page that failed is read again by more, and refresh begins anew', async () => {
	let isBroken = true;
	const answer = () => (isBroken ? problem(422, 'bad-region') : json({ version: 1, entries: [entry(1)] }));
	const { result, paths } = await use(() => useHistory(null), answer, {});
	expect(result.current).toMatchObject({ error: { code: 'bad-region' }, isLoading: false });
	isBroken = false;
	act(() => result.current.more());
	await tick();
	expect(result.current).toMatchObject({ error: null, entries: [entry(1)] });
	act(() => result.current.refresh());
	await tick();
	expect(versions(result.current.entries)).toEqual([1]);
	expect(paths()).toEqual(Array(3).fill('GET /history?'));
});

test('useHistory: other filters are another history', async () => {
	const answer = (path: string) => json({ version: 2, entries: [entry(path.includes('kind=state') ? 2 : 1)] });
	const hook = ({ kind }: { kind: string }) => useHistory('art', { kind });
	const { result, rerender } = await use(hook, answer, { kind: 'pixel' });
	expect(versions(result.current.entries)).toEqual([1]);
	rerender({ kind: 'state' });
	expect(result.current.entries).toEqual([]);
	await tick();
	expect(versions(result.current.entries)).toEqual([2]);
});

test('useRun: follows, and controls', async () => {
	const events = stream();
	const answer = (path: string) => {
		if (path.includes('/events')) return events.response;
		return path.endsWith('/pause') ? json({ id: 7, status: 'paused' }) : problem(409, 'wrong-run-state');
	};
	const { result, paths } = await use(({ id }: { id: number | null }) => useRun(id), answer, { id: 7 });
	events.event('run', { id: 7, status: 'running', progression: 12 });
	await tick();
	expect(result.current).toMatchObject({ run: { progression: 12 }, connection: 'open' });
	await act(() => result.current.pause());
	expect(result.current.run?.status).toBe('paused');
	await expect(result.current.cancel()).rejects.toMatchObject({ status: 409 });
	expect(paths()).toEqual(['GET /api/v1/events?run=7', 'POST /api/v1/runs/7/pause', 'POST /api/v1/runs/7/cancel']);
});

test('useRun: no run asks for nothing', async () => {
	const { result, paths } = await use(
		() => useRun(null),
		() => undefined,
		{},
	);
	expect(result.current.run).toBeNull();
	expect(paths()).toEqual([]);
});

const names = (pictures: { name: string }[]) => pictures.map(({ name }) => name);

test('usePingPong: pictures come as the run goes, and progress between them', async () => {
	const answer = stream('application/json');
	let progression = 0;
	const { result, paths } = await use(
		() => usePingPong(),
		(path) => (path.includes('/progress') ? json({ progression, generate_images: [] }) : answer.response),
		{},
	);
	act(() => void result.current.start({ width: 8, height: 8, granular: 50 }));
	expect(result.current.isRunning).toBe(true);
	answer.send('{"generate_images":[{"myImg_50.png":"a"}');
	progression = 57;
	await tick(500);
	expect(names(result.current.pictures)).toEqual(['myImg_50.png']);
	expect(result.current.progression).toBe(57);
	progression = 100;
	answer.send(',{"myImg_100.png":"b"}]}');
	answer.end();
	await tick();
	expect(result.current).toMatchObject({ isRunning: false, progression: 100, error: null });
	expect(names(result.current.pictures)).toEqual(['myImg_50.png', 'myImg_100.png']);
	const { length } = paths();
	await tick(5000);
	expect(paths()).toHaveLength(length);
	expect(paths().filter((path) => path.includes('init'))).toHaveLength(1);
});

test('usePingPong: an answer that was cut off is an error, with what had come', async () => {
	const { result } = await use(
		() => usePingPong(),
		(path) => (path.includes('/progress') ? undefined : new Response('{"generate_images":[{"myImg_5.png":"a"}')),
		{},
	);
	act(() => void result.current.load());
	await tick(10_000);
	expect(result.current).toMatchObject({ isRunning: false, error: { message: /cut off/ } });
	expect(names(result.current.pictures)).toEqual(['myImg_5.png']);
});

test('usePingPong: who stops waiting hears no more; the next start is another list', async () => {
	const answers = [stream('application/json'), stream('application/json')];
	let number = 0;
	const { result, unmount } = await use(
		() => usePingPong(),
		(path) =>
			path.includes('/progress') ? json({ progression: 1, generate_images: [] }) : answers[number++]?.response,
		{},
	);
	act(() => void result.current.start({ width: 8, height: 8 }));
	answers[0]?.send('{"generate_images":[{"myImg_5.png":"a"}');
	await tick();
	act(() => result.current.stopWaiting());
	await tick();
	expect(result.current).toMatchObject({ isRunning: false, error: null });
	expect(answers[0]?.isCancelled()).toBe(true);
	act(() => void result.current.start({ width: 8, height: 8 }));
	await tick();
	expect(result.current).toMatchObject({ isRunning: true, pictures: [] });
	unmount();
	await tick();
	expect(answers[1]?.isCancelled()).toBe(true);
});
