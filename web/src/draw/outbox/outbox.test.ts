import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ApiError } from '../../client';
import type { Draft } from './entry';
import { FakeBrowser, FakeServer } from './fakes';
import { Outbox } from './outbox';

let browser: FakeBrowser;
let server: FakeServer;

beforeEach(() => {
	vi.useFakeTimers({ now: 1_000_000_000_000 });
	browser = new FakeBrowser();
	server = new FakeServer();
});
afterEach(() => {
	vi.useRealTimers();
});

function open(tab = 'a', locked = true) {
	const outbox = new Outbox('art', { storage: browser.storage, tabs: browser.tab(tab, locked), send: server.send });
	const seen: string[] = [];
	outbox.subscribe({
		added: (entries) => seen.push(...entries.map(({ step }) => `added ${step}`)),
		withdrawn: (ids) => seen.push(`withdrawn ${ids.length}`),
		acknowledged: (_, made) => seen.push(`acknowledged ${made.map((one) => `${one.first_version}-${one.version}`)}`),
		refused: (_, entry) => seen.push(`refused ${entry?.step ?? 'elsewhere'}`),
	});
	return { outbox, seen };
}

function pixels(step: string, count = 1): Draft {
	return { step, author: '', write: { kind: 'pixels', rows: new Uint8Array(7 * count), count } };
}

function undo(step: string, of: string): Draft {
	return { step, author: '', write: { kind: 'undo', of, rest: null, done: [], changed: 0, skipped: 0 } };
}

const settle = (milliseconds = 0) => vi.advanceTimersByTimeAsync(milliseconds);

test('sends in order, and says what the server made', async () => {
	const { outbox, seen } = open();
	void outbox.add([pixels('one', 3)]);
	void outbox.add([pixels('two'), pixels('two', 2)]);
	await settle();
	expect(server.log).toEqual(['one pixels', 'two pixels', 'two pixels']);
	expect(seen.filter((line) => line.startsWith('ack'))).toEqual([
		'acknowledged 1-3',
		'acknowledged 4-4',
		'acknowledged 5-6',
	]);
	expect(browser.entries.size).toBe(0);
	expect(outbox.state.getState()).toMatchObject({ entries: [], phase: 'idle', hasSaved: true });
});

test('is kept before it is sent', async () => {
	const { outbox } = open();
	let keptFirst = false;
	outbox.parts.send = async (entry) => {
		keptFirst = browser.entries.get(entry.id)?.wasSent === true;
		return server.send(entry);
	};
	await outbox.add([pixels('one')]);
	await settle();
	expect(keptFirst).toBe(true);
});

test('what cannot be kept is not sent, and not shown as waiting', async () => {
	const { outbox, seen } = open();
	browser.storage.add = () => Promise.reject(new Error('The disk is full'));
	await expect(outbox.add([pixels('one')])).rejects.toThrow('The disk is full');
	await settle(1000);
	expect(server.requests).toBe(0);
	expect(seen).toEqual(['added one', 'withdrawn 1']);
});

test('a lost answer is asked for again with the same key, and done once', async () => {
	const { outbox } = open();
	server.answers = ['lost', 'down', 'lost'];
	void outbox.add([pixels('one'), pixels('two')]);
	await settle();
	expect(outbox.state.getState()).toMatchObject({ phase: 'waiting', error: { status: 0 } });
	expect(outbox.state.getState().entries).toHaveLength(2);
	await settle(60_000);
	expect(server.log).toEqual(['one pixels', 'two pixels']);
	expect(server.requests).toBe(5);
	expect(outbox.state.getState().phase).toBe('idle');
});

test('a tab that is killed while it sends is followed by one that goes on with the same key', async () => {
	const { outbox } = open();
	server.answers = ['hang'];
	void outbox.add([pixels('one'), pixels('two')]);
	await settle();
	expect(server.log).toEqual(['one pixels']);
	browser.kill('a');

	const again = open('b');
	await again.outbox.resume();
	await settle();
	expect(again.seen).toEqual(['added one', 'added two', 'acknowledged 1-1', 'acknowledged 2-2']);
	expect(server.log).toEqual(['one pixels', 'two pixels']);
});

test('a refused entry is dropped, and the others go on', async () => {
	const { outbox, seen } = open();
	server.answers = [new ApiError(422, { detail: 'not in the palette' })];
	void outbox.add([pixels('bad'), pixels('good')]);
	await settle();
	expect(server.log).toEqual(['good pixels']);
	expect(seen).toContain('refused bad');
	expect(browser.entries.size).toBe(0);
});

test.each([401, 403, 500])('%i holds all until somebody says to go on', async (status) => {
	const { outbox } = open();
	server.answers = [new ApiError(status, {})];
	void outbox.add([pixels('one')]);
	await settle(60_000);
	expect(outbox.state.getState().phase).toBe('held');
	expect(server.requests).toBe(1);
	outbox.wake();
	await settle();
	expect(server.log).toEqual(['one pixels']);
});

test('waits as long as the server asks, whatever wakes it', async () => {
	const { outbox } = open();
	server.answers = [new ApiError(429, { retry_after_ms: 5000 })];
	void outbox.add([pixels('one')]);
	await settle();
	expect(outbox.state.getState().until).toBe(Date.now() + 5000);
	outbox.wake();
	await settle(4900);
	expect(server.requests).toBe(1);
	await settle(200);
	expect(server.log).toEqual(['one pixels']);
});

test('a connection that is there again ends the wait', async () => {
	const { outbox } = open();
	server.answers = ['down', 'down', 'down'];
	void outbox.add([pixels('one')]);
	await settle(3500);
	expect(server.requests).toBe(3);
	outbox.wake();
	await settle();
	expect(server.log).toEqual(['one pixels']);
});

test('of two tabs one sends, and the other hears of it', async () => {
	const [first, second] = [open('a'), open('b')];
	void first.outbox.add([pixels('one')]);
	void second.outbox.add([pixels('two')]);
	await settle();
	expect(server.log.toSorted()).toEqual(['one pixels', 'two pixels']);
	expect(server.requests).toBe(2);
	for (const { outbox, seen } of [first, second]) {
		expect(seen.filter((line) => line.startsWith('ack'))).toHaveLength(2);
		expect(outbox.state.getState().entries).toEqual([]);
	}
});

test('two tabs without locks may both ask, and it is done once', async () => {
	server.answers = ['lost', 'lost'];
	const first = open('a', false);
	void first.outbox.add([pixels('one')]);
	const second = open('b', false);
	await settle();
	await second.outbox.resume();
	await settle(60_000);
	expect(server.requests).toBeGreaterThan(2);
	expect(server.log).toEqual(['one pixels']);
});

test('what never left is withdrawn; what may have arrived is not', async () => {
	const { outbox } = open();
	server.answers = ['down'];
	void outbox.add([pixels('one')]);
	void outbox.add([pixels('two')]);
	await settle();
	expect(await outbox.withdraw('one')).toBeNull();
	expect(await outbox.withdraw('two')).toHaveLength(1);
	await settle(60_000);
	expect(server.log).toEqual(['one pixels']);
});

test('an undo takes back all that its step turns out to have made, the newest first', async () => {
	const { outbox, seen } = open();
	server.answers = ['down'];
	void outbox.add([pixels('one', 2)]);
	void outbox.add([pixels('other')]);
	void outbox.add([pixels('one', 3)]);
	void outbox.add([undo('back', 'one')]);
	await settle(60_000);
	expect(server.log).toEqual(['one pixels', 'other pixels', 'one pixels', 'undo 4-6', 'undo 1-2']);
	expect(seen.at(-1)).toBe('acknowledged 7-8');
	expect(browser.outcomes.get('back')).toEqual([{ first_version: 7, version: 8 }]);
});

test('an undo of several ranges goes on where it was', async () => {
	const { outbox } = open();
	const step = (name: string) => outbox.add([pixels(name)]);
	void Promise.all([step('one'), step('other'), step('one')]);
	await settle();
	server.answers = ['lost', 'down'];
	void outbox.add([undo('back', 'one')]);
	await settle(60_000);
	expect(server.log.slice(3)).toEqual(['undo 3-3', 'undo 1-1']);
});

test('an undo of what was refused asks for nothing', async () => {
	const { outbox } = open();
	server.answers = ['down', new ApiError(422, {})];
	void outbox.add([pixels('bad')]);
	void outbox.add([undo('back', 'bad')]);
	await settle(60_000);
	expect(server.log).toEqual([]);
	expect(browser.entries.size).toBe(0);
});

test('older than the server keeps keys: somebody decides', async () => {
	server.answers = ['lost'];
	void open('a').outbox.add([pixels('old')]);
	await settle();
	browser.kill('a');
	vi.setSystemTime(Date.now() + 24 * 3600 * 1000);

	const { outbox } = open('b');
	await outbox.resume();
	await settle(60_000);
	expect(outbox.state.getState()).toMatchObject({ phase: 'stale', entries: [{ step: 'old' }] });
	await outbox.sendAsNew();
	await settle();
	expect(server.log).toEqual(['old pixels', 'old pixels']);
	expect(browser.entries.size).toBe(0);
});

test('what is discarded is not sent', async () => {
	const { outbox, seen } = open();
	server.answers = ['down'];
	void outbox.add([pixels('one'), pixels('two')]);
	await settle();
	await outbox.discard();
	await settle(60_000);
	expect(server.log).toEqual([]);
	expect(seen.filter((line) => line.startsWith('refused'))).toEqual(['refused one', 'refused two']);
	expect(outbox.state.getState().phase).toBe('idle');
});

test('what is added while the last goes out is shown until it is sent, too', async () => {
	const { outbox, seen } = open();
	const { add, first } = browser.storage;
	const slowly = <T>(value: T) => new Promise<T>((resolve) => setTimeout(() => resolve(value), 100));
	browser.storage.add = (entries) => slowly(null).then(() => add(entries));
	browser.storage.first = (canvas) => first(canvas).then(slowly);
	void outbox.add([pixels('one')]);
	await settle(250);
	expect(server.log).toEqual(['one pixels']);
	void outbox.add([pixels('two')]);
	await settle(60);
	expect(outbox.state.getState().entries).toMatchObject([{ step: 'two' }]);
	await settle(1000);
	expect(server.log).toEqual(['one pixels', 'two pixels']);
	expect(seen.filter((line) => line.startsWith('ack'))).toHaveLength(2);
});

test('what was discarded while it was on its way is not told as saved', async () => {
	const { outbox, seen } = open();
	outbox.parts.send = async (entry) => {
		await new Promise((resolve) => setTimeout(resolve, 1000));
		return server.send(entry);
	};
	void outbox.add([pixels('one')]);
	await settle(500);
	await outbox.discard();
	await settle(1000);
	expect(seen).toEqual(['added one', 'refused one']);
	expect(outbox.state.getState().hasSaved).toBe(false);
});
