// @vitest-environment node
import { expect, test } from 'vitest';
import { createPixlog, data } from './client';
import { fakeServer, json, problem } from './fakeServer';
import { ApiError } from './problem';

const once = { retries: 0 };

function get({ pixlog }: ReturnType<typeof fakeServer>) {
	return data(pixlog.api.GET('/api/v1/canvases/{name}', { params: { path: { name: 'art' } } }));
}

test('a refusal is an error in the words of the server', async () => {
	const fake = fakeServer(() => problem(404, 'no-such-canvas'));
	const error = await get(fake).catch((error: unknown) => error);
	expect(error).toBeInstanceOf(ApiError);
	expect(error).toMatchObject({ message: 'It is no-such-canvas', code: 'no-such-canvas', status: 404 });
});

test('a refusal that is no problem document has its status', async () => {
	const html = () => new Response('<h1>Bad gateway</h1>', { status: 502 });
	const fake = fakeServer(html, once);
	await expect(get(fake)).rejects.toMatchObject({ message: 'Status 502', isTemporary: true });
	await expect(fake.pixlog.request('/x')).rejects.toMatchObject({ message: 'Status 502' });
});

test('an answer that was cut off is none', async () => {
	const fake = fakeServer(() => new Response('{"name":"ar', { headers: { 'Content-Type': 'application/json' } }));
	await expect(get(fake)).rejects.toMatchObject({ status: 0, isTemporary: true });
});

test('the wait of a cooldown is taken to the millisecond', () => {
	expect(new ApiError(429, { retry_after_ms: 1234 }, undefined, 2000).retryAfterMs).toBe(1234);
});

test('a token goes with every request, and `next` links are asked below the server', async () => {
	const fake = fakeServer(() => json({}), { baseUrl: 'http://server/pixlog/', token: 'secret' });
	await get(fake);
	await fake.pixlog.request('/api/v1/canvases?before=7');
	await fake.pixlog.request('/api/v1/canvases/art/undo', { method: 'POST', body: '{}' });
	await fake.pixlog.request('/api/v1/session', { method: 'POST' });
	expect(fake.requests.map((one) => one.path)).toEqual([
		'/pixlog/api/v1/canvases/art',
		'/pixlog/api/v1/canvases?before=7',
		'/pixlog/api/v1/canvases/art/undo',
		'/pixlog/api/v1/session',
	]);
	expect(fake.requests.map((one) => one.headers.get('Authorization'))).toEqual(Array(4).fill('Bearer secret'));
	expect(fake.requests.map((one) => one.headers.has('Idempotency-Key'))).toEqual([false, false, true, false]);
});

test('slashes at the end of the address are dropped', () => {
	expect(createPixlog({ baseUrl: 'http://server//' }).baseUrl).toBe('http://server');
});
