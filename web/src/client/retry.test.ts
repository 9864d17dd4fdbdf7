// @vitest-environment node
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { data } from './client';
import { type Answer, fakeServer, json, problem } from './fakeServer';

beforeEach(() => {
	vi.useFakeTimers({ now: Date.parse('2026-01-01T00:00:00Z') });
});
afterEach(() => {
	vi.useRealTimers();
});

const committed = { first_version: 1, version: 1, time: '2026-01-01T00:00:00.000Z' };

/** Answers in their order, the last one again and again. */
function server(...answers: (() => Answer)[]) {
	return fakeServer((_, number) => (answers[number - 1] ?? answers.at(-1))?.());
}

function write({ pixlog }: ReturnType<typeof fakeServer>, signal?: AbortSignal) {
	const answer = pixlog.api.POST('/api/v1/canvases/{name}/pixels', {
		params: { path: { name: 'art' } },
		body: { pixels: [[1, 2, '#ff0000']] },
		...(signal ? { signal } : {}),
	});
	return data(answer);
}

/** Lets all timers run until a promise is settled; says how long that took. */
async function settled<T>(promise: Promise<T>): Promise<{ value?: T; error?: unknown; ms: number }> {
	const start = Date.now();
	const outcome = promise.then(
		(value) => ({ value, ms: Date.now() - start }),
		(error: unknown) => ({ error, ms: Date.now() - start }),
	);
	await vi.runAllTimersAsync();
	return outcome;
}

test('a write whose answer was lost is sent again, with the same key and body', async () => {
	const fake = server(
		() => undefined,
		() => json(committed),
	);
	expect((await settled(write(fake))).value).toEqual(committed);
	const [first, second] = fake.requests;
	expect(first?.headers.get('Idempotency-Key')).toMatch(/^[0-9a-f-]{36}$/);
	expect(second?.headers.get('Idempotency-Key')).toBe(first?.headers.get('Idempotency-Key'));
	expect(second?.body).toBe(JSON.stringify({ pixels: [[1, 2, '#ff0000']] }));
});

test('two writes have two keys', async () => {
	const fake = server(() => json(committed));
	await settled(write(fake));
	await settled(write(fake));
	expect(new Set(fake.requests.map((one) => one.headers.get('Idempotency-Key'))).size).toBe(2);
});

test.each([
	['2', 2000],
	['Thu, 01 Jan 2026 00:00:03 GMT', 3000],
	['Wed, 31 Dec 2025 00:00:00 GMT', 0],
	['soon', 0],
])('Retry-After: %s', async (text, least) => {
	const fake = server(
		() => problem(503, 'overloaded', { 'Retry-After': text }),
		() => json(committed),
	);
	const { value, ms } = await settled(write(fake));
	expect(value).toEqual(committed);
	expect(ms).toBeGreaterThanOrEqual(least);
	expect(ms).toBeLessThan(least + 20);
});

test('a long wait is for the caller to decide', async () => {
	const fake = server(() => problem(429, 'too-soon', { 'Retry-After': '31' }));
	const { error, ms } = await settled(write(fake));
	expect(error).toMatchObject({ status: 429, code: 'too-soon', retryAfterMs: 31_000, isTemporary: true });
	expect(ms).toBe(0);
	expect(fake.requests).toHaveLength(1);
});

test('an own write that is still in flight is waited for, and that is no failure', async () => {
	const inFlight = () => problem(409, 'key-in-flight');
	const fake = server(
		() => undefined,
		inFlight,
		inFlight,
		inFlight,
		inFlight,
		inFlight,
		inFlight,
		() => json(committed),
	);
	expect((await settled(write(fake))).value).toEqual(committed);
	expect(new Set(fake.requests.map((one) => one.headers.get('Idempotency-Key'))).size).toBe(1);
});

test('what is in flight for too long is told', async () => {
	const fake = server(() => problem(409, 'key-in-flight'));
	const { error, ms } = await settled(write(fake));
	expect(error).toMatchObject({ status: 409, isTemporary: true });
	expect(ms).toBeGreaterThan(59_000);
	expect(ms).toBeLessThan(62_000);
});

test('a conflict of another kind, or a refusal, is not repeated', async () => {
	for (const [status, code] of [
		[409, 'name-taken'],
		[422, 'bad-pixel'],
		[412, 'head-moved'],
		[500, 'internal'],
	] as const) {
		const fake = server(() => problem(status, code));
		expect((await settled(write(fake))).error).toMatchObject({ status, code, isTemporary: false });
		expect(fake.requests).toHaveLength(1);
	}
});

test('the last failure is the caller’s, in words', async () => {
	const fake = server(() => undefined);
	const { error } = await settled(write(fake));
	expect(error).toMatchObject({ status: 0, message: 'The server cannot be reached', isTemporary: true });
	expect(fake.requests).toHaveLength(5);
});

test('an end by the caller is told as its own reason, also during a wait', async () => {
	const stop = new AbortController();
	const fake = server(() => {
		setTimeout(() => stop.abort(new Error('enough')), 3);
		return undefined;
	});
	expect((await settled(write(fake, stop.signal))).error).toEqual(new Error('enough'));
	expect(fake.requests).toHaveLength(1);
});

test('a run of the original service is started once', async () => {
	const fake = server(() => undefined);
	expect((await settled(fake.pixlog.request('/?init=1&width=8&height=8'))).error).toMatchObject({ status: 0 });
	expect(fake.requests).toHaveLength(1);
});

test('a form for /ping has no key and is sent once', async () => {
	const fake = server(() => undefined);
	await settled(fake.pixlog.request('/ping', { method: 'POST', body: 'file=x' }));
	expect(fake.requests.map((one) => one.headers.has('Idempotency-Key'))).toEqual([false]);
});

test('what a lost deletion has deleted is deleted', async () => {
	const gone = () => problem(410, 'deleted');
	const remove = (fake: ReturnType<typeof fakeServer>) =>
		settled(fake.pixlog.request('/api/v1/canvases/art', { method: 'DELETE' }));
	expect((await remove(server(() => undefined, gone))).value?.status).toBe(204);
	expect((await remove(server(gone))).error).toMatchObject({ status: 410 });
});
