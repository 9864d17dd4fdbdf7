import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SILENCE_MS, SILENCE_MS_BACK } from './connection';
import { type Answer, fakeServer, problem, stream } from './fakeServer';
import { type Followed, follow, type Listeners } from './follow';
import { AWAY_MS } from './page';

beforeEach(() => {
	vi.useFakeTimers();
});
let unfollow = () => {};
afterEach(() => {
	unfollow();
	vi.useRealTimers();
	look('visible');
});

/** Follows, and writes down what is told. */
function told(answer: (path: string, number: number) => Answer, followed: Followed = { canvases: { art: 3 } }) {
	const log: string[] = [];
	const listeners: Listeners = {
		pixels: ({ canvas, from, version }) => log.push(`${canvas} ${from}-${version}`),
		state: ({ canvas, from, version }) => log.push(`${canvas} state ${from}-${version}`),
		run: ({ id, status }) => log.push(`run ${id} ${status}`),
		deleted: ({ canvas, ...rest }) => log.push([canvas, 'deleted', ...Object.values(rest)].join(' ')),
		connection: (state) => log.push(state),
		failed: (error) => log.push(`failed ${error.status}`),
	};
	const fake = fakeServer(({ url }, number) => answer(url, number));
	unfollow = follow(fake.pixlog, followed, listeners);
	return { ...fake, log, paths: () => fake.requests.map(({ path }) => path.replace('/api/v1/events?', '')) };
}

/** Connections that the test opens, one after another. */
function connections() {
	const all: ReturnType<typeof stream>[] = [];
	const open = () => {
		const one = stream();
		all.push(one);
		return one.response;
	};
	return { all, open, at: (index: number) => all[index] ?? stream() };
}

const pixels = (from: number, version: number) => ({ canvas: 'art', from, version, pixels: [] });
const tick = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

/** Time passes, while the server gives its signs of life. */
async function beat(connection: ReturnType<typeof stream>, ms: number) {
	for (let passed = 0; passed < ms; passed += 1000) {
		if (!connection.isCancelled()) connection.send(': \n\n');
		await tick(1000);
	}
}

function look(state: DocumentVisibilityState) {
	Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
	document.dispatchEvent(new Event('visibilitychange'));
}

test('changes are told in order, and a lost connection goes on after the last of them', async () => {
	const { open, at } = connections();
	const { log, paths } = told(open);
	await tick();
	at(0).send('retry: 2000\nid: art=3\n\n');
	at(0).event('pixels', pixels(3, 5));
	at(0).event('state', { canvas: 'art', from: 5, version: 6, region: {} });
	await tick();
	expect(log).toEqual(['connecting', 'open', 'art 3-5', 'art state 5-6']);
	at(0).fail();
	await tick(2000);
	// What was told before is not told again.
	at(1).event('pixels', pixels(3, 5));
	at(1).event('pixels', pixels(6, 7));
	await tick();
	expect(log.slice(4)).toEqual(['waiting', 'connecting', 'open', 'art 6-7']);
	expect(paths()).toEqual(['canvas=art&after=art%3D3', 'canvas=art&after=art%3D6']);
});

test('a gap is not told: the connection is taken up again before it', async () => {
	const { open, at } = connections();
	const { log, paths } = told(open);
	await tick();
	at(0).event('pixels', pixels(5, 6));
	await tick(1000);
	expect(log).toEqual(['connecting', 'open', 'waiting', 'connecting', 'open']);
	expect(paths()[1]).toBe('canvas=art&after=art%3D3');
	expect(at(0).isCancelled()).toBe(true);
});

test('events that come in pieces are put together', async () => {
	const { open, at } = connections();
	const { log } = told(open);
	await tick();
	const { buffer } = new TextEncoder().encode(`event: deleted\ndata: {"canvas":"art","word":"é"}\n\n`);
	for (const byte of new Uint8Array(buffer)) at(0).send(Uint8Array.of(byte));
	await tick();
	expect(log.at(-1)).toBe('art deleted é');
});

test('a silent connection is dead; a comment is a sign of life', async () => {
	const { open, at, all } = connections();
	const { log } = told(open);
	await tick();
	await tick(SILENCE_MS - 1);
	at(0).send(': \n\n');
	await tick(SILENCE_MS - 1);
	expect(all).toHaveLength(1);
	await tick(1);
	expect(all).toHaveLength(2);
	expect(at(0).isCancelled()).toBe(true);
	expect(log).toEqual(['connecting', 'open', 'waiting', 'connecting', 'open']);
});

test('a request that is never answered is dead, too', async () => {
	const { requests } = told((_, number) => (number === 1 ? new Promise(() => {}) : stream().response));
	await tick(SILENCE_MS);
	expect(requests).toHaveLength(2);
	expect(requests[0]?.signal.aborted).toBe(true);
});

test('waits grow while nothing comes, and are short again after something came', async () => {
	let isUp = false;
	const { open, at, all } = connections();
	const { requests } = told(() => (isUp ? open() : undefined));
	await tick(60_000);
	const tries = requests.length;
	expect(tries).toBeGreaterThanOrEqual(7);
	expect(tries).toBeLessThanOrEqual(14);
	isUp = true;
	await tick(15_000);
	at(0).send(': \n\n');
	at(0).end();
	await tick(1000);
	expect(all).toHaveLength(2);
});

test('a server that is stopping or overloaded is asked again', async () => {
	const { open } = connections();
	const { log } = told((_, number) => (number === 1 ? problem(503, 'stopping') : open()));
	await tick(1000);
	expect(log).toEqual(['connecting', 'waiting', 'connecting', 'open']);
});

test('a refusal ends it', async () => {
	const { log, requests } = told(() => problem(404, 'no-such-canvas'));
	await tick(60_000);
	expect(log).toEqual(['connecting', 'failed 404']);
	expect(requests).toHaveLength(1);
});

test('a deletion ends it', async () => {
	const { open, at } = connections();
	const { log, requests } = told(open);
	await tick();
	at(0).event('deleted', { canvas: 'art' });
	at(0).end();
	await tick(60_000);
	expect(log).toEqual(['connecting', 'open', 'art deleted']);
	expect(requests).toHaveLength(1);
});

test('a deletion while the connection was lost is told, and the others are followed', async () => {
	const { open, at } = connections();
	let isBDeleted = false;
	const answer = (url: string) => (isBDeleted && url.includes('b') ? problem(410, 'deleted') : open());
	const { log, paths } = told(answer, { canvases: { art: 3, b: 0 } });
	await tick();
	isBDeleted = true;
	at(0).end();
	await tick(1000);
	expect(log.slice(2)).toEqual(['waiting', 'connecting', 'b deleted', 'waiting']);
	await tick(2000);
	expect(log.slice(6)).toEqual(['connecting', 'open']);
	expect(paths().at(-1)).toBe('canvas=art&after=art%3D3');
});

test('a run that is over is followed no more', async () => {
	const { open, at } = connections();
	const { log, requests, paths } = told(open, { runs: [7, 8] });
	await tick();
	at(0).event('run', { id: 7, status: 'completed' });
	at(0).event('run', { id: 8, status: 'paused' });
	at(0).end();
	await tick(1000);
	expect(paths()).toEqual(['run=7&run=8', 'run=8']);
	at(1).event('run', { id: 8, status: 'cancelled' });
	at(1).end();
	await tick(60_000);
	expect(log.at(-1)).toBe('run 8 cancelled');
	expect(requests).toHaveLength(2);
});

test.each(['online', 'offline'])('%s: the connection is made anew at once', async (name) => {
	const { open, all } = connections();
	const { log } = told(open);
	await tick();
	window.dispatchEvent(new Event(name));
	await tick();
	expect(all).toHaveLength(2);
	expect(log.at(-1)).toBe('open');
});

test('back online, a wait is over', async () => {
	let isUp = false;
	const { open, all } = connections();
	told(() => (isUp ? open() : undefined));
	await tick(60_000);
	isUp = true;
	window.dispatchEvent(new Event('online'));
	await tick();
	expect(all).toHaveLength(1);
});

test('a page that nobody looks at gives its connection back, until somebody does', async () => {
	const { open, at, all } = connections();
	const { log } = told(open);
	await tick();
	at(0).event('pixels', pixels(3, 4));
	look('hidden');
	await beat(at(0), AWAY_MS);
	expect(at(0).isCancelled()).toBe(true);
	await tick(SILENCE_MS_BACK - 1000);
	expect(all).toHaveLength(1);
	look('visible');
	await tick();
	expect(all).toHaveLength(2);
	expect(log).toEqual(['connecting', 'open', 'art 3-4', 'waiting', 'connecting', 'open']);
});

test('a short look elsewhere changes nothing', async () => {
	const { open, at, all } = connections();
	told(open);
	await tick();
	look('hidden');
	await tick(5000);
	look('visible');
	await beat(at(0), AWAY_MS);
	expect(all).toHaveLength(1);
	expect(at(0).isCancelled()).toBe(false);
});

test('a machine that slept does not wait for a silence to be long', async () => {
	const { open, all } = connections();
	told(open);
	await tick();
	// Timers stand still while a machine sleeps; clocks do not.
	vi.setSystemTime(Date.now() + 3_600_000);
	look('visible');
	await tick();
	expect(all).toHaveLength(2);
});

test('after it was ended, a refusal that comes late is not told', async () => {
	let refuse = (_: Response) => {};
	const { log } = told((url) => {
		if (url.includes('/events')) return problem(410, 'deleted');
		return new Promise<Response>((resolve) => {
			refuse = resolve;
		});
	});
	await tick();
	unfollow();
	refuse(problem(410, 'deleted'));
	await tick();
	expect(log).toEqual(['connecting']);
});

test('a page that begins in the background is nobody’s either', async () => {
	look('hidden');
	const { open, at } = connections();
	told(open);
	await beat(at(0), AWAY_MS);
	expect(at(0).isCancelled()).toBe(true);
});

test('after it was ended nothing is told', async () => {
	const { open, at } = connections();
	const { log } = told(open);
	await tick();
	at(0).event('pixels', pixels(3, 4));
	unfollow();
	await tick(60_000);
	expect(log).toEqual(['connecting', 'open']);
	expect(at(0).isCancelled()).toBe(true);
});
