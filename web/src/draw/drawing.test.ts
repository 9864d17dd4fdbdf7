import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ApiError } from '../client';
import type { Entry } from './outbox/entry';
import { setSettings, useSettings } from './settings';
import { ART, drag, openDrawing } from './testing';
import { pointerTool, type ToolId } from './tools/tools';

let stop: () => void = () => {};

beforeEach(() => {
	vi.useFakeTimers();
	sessionStorage.clear();
	setSettings({ primary: '#ff0000', secondary: '#ffffff', size: 1, recent: [] });
});
afterEach(() => {
	stop();
	vi.useRealTimers();
});

function open(canvas = ART) {
	const opened = openDrawing(canvas);
	stop = opened.drawing.start();
	const tool = (id: ToolId) => pointerTool(id, opened.drawing.host, opened.drawing.template);
	const sent: Entry[] = [];
	const { parts } = opened.drawing.parts.outbox;
	const { send } = parts;
	parts.send = (entry) => {
		sent.push(entry);
		return send(entry);
	};
	return { ...opened, tool, sent };
}

const settle = (milliseconds = 0) => vi.advanceTimersByTimeAsync(milliseconds);

test('a stroke is shown at once, and stays until the feed has told it and the view shows it', async () => {
	const { drawing, tool, tell, view, server } = open();
	server.answers = ['down'];
	drag(tool('pencil'), [
		[5, 5],
		[8, 5],
	]);
	await settle();
	expect(drawing.layer.colorAt({ x: 7, y: 5 })).toBe('#ff0000');
	await settle(5000);
	expect(server.log).toHaveLength(1);
	expect(drawing.layer.shown()).toHaveLength(1);

	let show = () => {};
	view.isSettled = new Promise((resolve) => {
		show = resolve;
	});
	tell(4);
	await settle();
	expect(drawing.layer.shown()).toHaveLength(1);
	show();
	await settle();
	expect(drawing.layer.shown()).toEqual([]);
	expect(useSettings.getState().recent).toEqual(['#ff0000']);
});

test('a refused stroke goes, and cannot be undone', async () => {
	const { drawing, tool, server } = open();
	server.answers = [new ApiError(422, { detail: 'not in the palette' })];
	drag(tool('line'), [
		[0, 0],
		[3, 3],
	]);
	await settle();
	expect(drawing.layer.shown()).toEqual([]);
	expect(drawing.history.state.getState().undo).toEqual([]);
	expect(server.log).toEqual([]);
});

test('what is cancelled is not drawn', async () => {
	const { drawing, tool, sent } = open();
	for (const id of ['pencil', 'line', 'outline', 'filled'] as const) {
		const taken = tool(id);
		taken?.down({ x: 1, y: 1 }, new PointerEvent('pointerdown'));
		taken?.move([{ x: 9, y: 9 }], new PointerEvent('pointermove'));
		taken?.cancel();
		taken?.up({ x: 9, y: 9 }, new PointerEvent('pointerup'));
	}
	await settle();
	expect(sent).toEqual([]);
	expect(drawing.layer.shown()).toEqual([]);
});

test('more than a call takes goes in several, as one step', async () => {
	setSettings({ size: 64 });
	const { drawing, tool, sent } = open({ ...ART, width: 4000 });
	drag(tool('line'), [
		[100, 100],
		[1500, 100],
	]);
	await settle();
	expect(sent.map(({ write }) => write.kind === 'pixels' && write.count)).toEqual([65_536, 1464 * 64 - 65_536]);
	expect(drawing.history.state.getState().undo).toHaveLength(1);
	await drawing.history.undo();
	await settle();
	expect(sent.at(-1)?.write).toMatchObject({ kind: 'undo', rest: [{ first_version: 1, version: 1464 * 64 }] });
});

test('outside of the canvas nothing is drawn, and nothing can be undone', async () => {
	const { drawing, tool, sent } = open();
	for (const id of ['pencil', 'line', 'filled', 'eraser'] as const) {
		drag(tool(id), [
			[-20, -20],
			[-5, -9],
		]);
	}
	await settle();
	expect(sent).toEqual([]);
	expect(drawing.history.state.getState().undo).toEqual([]);
});

test('the eraser leaves the background, or nothing where there is transparency', async () => {
	const opaque = open({ ...ART, background: '#112233' });
	drag(opaque.tool('eraser'), [[0, 0]]);
	await settle();
	const [first] = opaque.sent;
	expect(first?.write.kind === 'pixels' && [...first.write.rows]).toEqual([0, 0, 0, 0, 0x11, 0x22, 0x33]);
	expect(useSettings.getState().recent).toEqual([]);
	stop();
	const clear = open({ ...ART, mode: 'rgba', background: '#112233ff' });
	drag(clear.tool('eraser'), [[1, 0]]);
	await settle();
	const [second] = clear.sent;
	expect(second?.write.kind === 'pixels' && [...second.write.rows]).toEqual([1, 0, 0, 0, 0, 0, 0, 0]);
});

test('with a cooldown one cell is drawn, where the pointer goes up', async () => {
	const { tool, sent } = open({ ...ART, cooldown_ms: 5000 });
	expect(tool('line')).toBeNull();
	drag(tool('pencil'), [
		[1, 0],
		[9, 0],
	]);
	await settle();
	expect(sent.map(({ write }) => write.kind === 'pixels' && [write.count, write.rows[0]])).toEqual([[1, 9]]);
});

test('a colour is taken from what is drawn, else from the picture; also with Alt', async () => {
	const { tool, view, sent } = open();
	drag(tool('pencil'), [[4, 4]]);
	await settle();
	setSettings({ primary: '#000000' });
	drag(tool('picker'), [[4, 4]]);
	expect(useSettings.getState().primary).toBe('#ff0000');
	view.color = '#00ff00';
	drag(tool('line'), [[50, 50]], { altKey: true });
	await settle();
	expect(useSettings.getState().primary).toBe('#00ff00');
	expect(sent).toHaveLength(1);
});
