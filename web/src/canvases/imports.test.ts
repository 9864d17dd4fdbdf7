import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { problem, testServer } from '../testing';
import { startImports, useImports } from './imports';

/** Stands in for `XMLHttpRequest`: what was sent, and how the test lets it end. */
class Sent {
	static all: Sent[] = [];
	line = '';
	headers: Record<string, string> = {};
	body: unknown;
	status = 0;
	responseText = '';
	upload: { onprogress?(event: { loaded: number }): void } = {};
	onload?(): void;
	onerror?(): void;
	onabort?(): void;
	onloadend?(): void;

	constructor() {
		Sent.all.push(this);
	}
	open(method: string, url: string) {
		this.line = `${method} ${url.replace('http://pixlog.test', '')}`;
	}
	setRequestHeader(name: string, value: string) {
		this.headers[name] = value;
	}
	send(body: unknown) {
		this.body = body;
	}
	abort() {
		this.onabort?.();
		this.onloadend?.();
	}
	answer(status: number, body: unknown) {
		this.status = status;
		this.responseText = JSON.stringify(body);
		this.onload?.();
		this.onloadend?.();
	}
}

const PNG = new File(['png!'], 'Blue House.png', { type: 'image/png' });
const opaque = async () => ({ width: 4, height: 3, isOpaque: true });
const one = () => useImports.getState().all[0];

beforeEach(() => {
	Sent.all = [];
	useImports.setState({ all: [] });
	vi.stubGlobal('XMLHttpRequest', Sent);
});
afterEach(() => {
	vi.unstubAllGlobals();
});

async function sent(count = 1): Promise<Sent> {
	await vi.waitFor(() => expect(Sent.all).toHaveLength(count));
	const last = Sent.all[count - 1];
	if (!last) throw new Error('Nothing was sent');
	return last;
}

test('a picture becomes a canvas of its size and name, with the file itself as its state', async () => {
	const { pixlog, asked } = testServer(() => ({ name: 'blue-house' }));
	const done = vi.fn();
	const ended = startImports(pixlog, [PNG], done, opaque);
	const upload = await sent();
	expect(asked[0]?.line).toBe('POST /api/v1/canvases');
	expect(asked[0]?.body).toEqual({ name: 'blue-house', width: 4, height: 3, mode: 'rgb' });
	expect(upload.line).toBe('PUT /api/v1/canvases/blue-house/state');
	expect(upload.headers['Content-Type']).toBe('image/png');
	expect(upload.headers['Idempotency-Key']).toBeTruthy();
	expect(upload.body).toBe(PNG);
	upload.upload.onprogress?.({ loaded: 3 });
	expect(one()).toMatchObject({ status: 'sending', sent: 3 });
	upload.answer(200, { version: 1 });
	await ended;
	expect(one()).toMatchObject({ status: 'done', name: 'blue-house' });
	expect(done).toHaveBeenCalledWith('blue-house');
});

test('a picture with holes becomes a canvas with transparency', async () => {
	const { pixlog, asked } = testServer(() => ({ name: 'x' }));
	const holes = async () => ({ width: 4, height: 3, isOpaque: false });
	const ended = startImports(pixlog, [PNG], () => {}, holes);
	(await sent()).answer(200, {});
	await ended;
	expect(asked[0]?.body).toMatchObject({ mode: 'rgba', background: '#00000000' });
});

test('a picture that is refused leaves no canvas, and says why', async () => {
	const { pixlog, asked } = testServer((request) =>
		request.method === 'DELETE' ? new Response(null, { status: 204 }) : { name: 'blue-house' },
	);
	const ended = startImports(pixlog, [PNG], () => {}, opaque);
	(await sent()).answer(413, { detail: 'too large', status: 413 });
	await ended;
	expect(one()).toMatchObject({ status: 'failed', error: { message: 'too large' } });
	expect(asked.at(-1)?.line).toBe('DELETE /api/v1/canvases/blue-house');
});

test('an export comes back under its name, or the next that is free', async () => {
	const { pixlog } = testServer(() => problem(500, 'none', 'nobody asks'));
	const file = new File(['log'], 'art.pixlog');
	const ended = startImports(pixlog, [file], () => {});
	(await sent()).answer(409, { type: 'urn:pixlog:problem:name-taken', status: 409 });
	const second = await sent(2);
	expect(second.line).toBe('POST /api/v1/canvases/import?name=art-2');
	expect(second.headers['Content-Type']).toBe('application/vnd.pixlog');
	second.answer(201, { name: 'art-2' });
	await ended;
	expect(one()).toMatchObject({ status: 'done', name: 'art-2' });
});

test('several go one after the other, and one that is cancelled stops, leaves nothing and holds up none', async () => {
	const { pixlog, asked } = testServer((request) =>
		request.method === 'DELETE' ? new Response(null, { status: 204 }) : { name: 'blue-house' },
	);
	const ended = startImports(pixlog, [PNG, new File(['log'], 'art.pixlog')], () => {}, opaque);
	await sent();
	expect(useImports.getState().all.map(({ status }) => status)).toEqual(['sending', 'waiting']);
	one()?.cancel();
	const second = await sent(2);
	expect(asked.at(-1)?.line).toBe('DELETE /api/v1/canvases/blue-house');
	second.answer(201, { name: 'art' });
	await ended;
	expect(useImports.getState().all.map(({ status, name }) => [status, name])).toEqual([['done', 'art']]);
});
