import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ApiError } from '../../client';
import { FakeBrowser, FakeServer } from '../outbox/fakes';
import { Outbox } from '../outbox/outbox';
import { UndoHistory } from './history';

let browser: FakeBrowser;
let server: FakeServer;

beforeEach(() => {
	vi.useFakeTimers();
	sessionStorage.clear();
	browser = new FakeBrowser();
	server = new FakeServer();
});
afterEach(() => {
	vi.useRealTimers();
});

function open(tab = 'a') {
	const outbox = new Outbox('art', { storage: browser.storage, tabs: browser.tab(tab), send: server.send });
	const history = new UndoHistory(outbox, () => 'ada');
	history.follow();
	const draw = async (step: string, count = 1) => {
		history.done(step);
		const rows = new Uint8Array(7 * count);
		await outbox.add([{ step, author: '', write: { kind: 'pixels', rows, count } }]);
	};
	const sizes = () => [history.state.getState().undo.length, history.state.getState().redo.length];
	return { outbox, history, draw, sizes };
}

const settle = (milliseconds = 0) => vi.advanceTimersByTimeAsync(milliseconds);

test('takes back in stack order, and does again what was taken back', async () => {
	const { history, draw, sizes } = open();
	await draw('one', 2);
	await draw('two');
	await settle();
	void history.undo();
	void history.undo();
	await settle();
	expect(sizes()).toEqual([0, 2]);
	void history.redo();
	await settle();
	expect(sizes()).toEqual([1, 1]);
	expect(server.log).toEqual(['one pixels', 'two pixels', 'undo 3-3', 'undo 1-2', 'undo 5-5']);
});

test('something new ends what could be done again', async () => {
	const { history, draw, sizes } = open();
	await draw('one');
	await settle();
	await history.undo();
	await draw('two');
	await settle();
	expect(sizes()).toEqual([1, 0]);
});

test('nothing is asked for where there is nothing to take back', async () => {
	const { history } = open();
	await history.undo();
	await history.redo();
	expect(server.requests).toBe(0);
});

test('without a connection: what never left goes at once, and may come again', async () => {
	const { history, draw, sizes } = open();
	server.answers = ['down'];
	await draw('one');
	await settle();
	await draw('two');
	await history.undo();
	expect(sizes()).toEqual([1, 1]);
	await history.redo();
	await history.undo();
	await history.undo();
	expect(sizes()).toEqual([0, 2]);
	await settle(60_000);
	expect(server.log).toEqual(['one pixels', 'undo 1-1']);
});

test('without a connection: an undo that never left is dropped by redo', async () => {
	const { history, draw, sizes } = open();
	server.answers = ['down'];
	await draw('one');
	await settle();
	await history.undo();
	await history.redo();
	expect(sizes()).toEqual([1, 0]);
	await settle(60_000);
	expect(server.log).toEqual(['one pixels']);
	// After a reload, too, its step is the one to take back.
	expect(open('b').sizes()).toEqual([1, 0]);
	await history.undo();
	await settle();
	expect(server.log).toEqual(['one pixels', 'undo 1-1']);
});

test('undo works after a reload', async () => {
	const { draw } = open();
	server.answers = ['hang'];
	await draw('one', 4);
	await settle();
	browser.kill('a');

	const again = open('b');
	await again.outbox.resume();
	await settle();
	expect(again.sizes()).toEqual([1, 0]);
	await again.history.undo();
	await settle();
	expect(server.log).toEqual(['one pixels', 'undo 1-4']);
});

test('a refused step cannot be taken back; a refused undo leaves its step', async () => {
	const { history, draw, sizes } = open();
	await draw('good');
	await settle();
	server.answers = [new ApiError(422, {})];
	await draw('bad');
	await settle();
	expect(sizes()).toEqual([1, 0]);
	server.answers = [new ApiError(403, {})];
	await history.undo();
	await settle();
	expect(sizes()).toEqual([1, 0]);
	await history.undo();
	await settle();
	expect(server.log.at(-1)).toBe('undo 1-1');
});

test('what was kept for the tab and is not readable is forgotten', () => {
	sessionStorage.setItem('pixlog.undo.art', '{"undo":[1,"x"],"redo":7}');
	expect(open().history.state.getState()).toEqual({ undo: ['x'], redo: [] });
	sessionStorage.setItem('pixlog.undo.art', '[');
	expect(open().sizes()).toEqual([0, 0]);
});
