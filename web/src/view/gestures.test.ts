import { beforeEach, expect, test, vi } from 'vitest';
import { type GestureHost, Gestures } from './gestures';
import type { PointerTool } from './view';

let tool: PointerTool | null;
let said: string[];
let gestures: Gestures;

const round = (value: number) => Math.round(value * 100) / 100;

beforeEach(() => {
	tool = null;
	said = [];
	const host: GestureHost = {
		tool: () => tool,
		place: ({ clientX, clientY }) => ({ x: clientX, y: clientY }),
		cellAt: ({ x, y }) => ({ x: Math.floor(x / 10), y: Math.floor(y / 10) }),
		pan: (dx, dy) => said.push(`pan ${round(dx)} ${round(dy)}`),
		zoom: (factor, { x, y }) => said.push(`zoom ${round(factor)} at ${x} ${y}`),
		zoomSmoothly: (factor, { x, y }) => said.push(`smooth ${round(factor)} at ${x} ${y}`),
		choose: ({ x, y }) => said.push(`choose ${x} ${y}`),
		hover: () => {},
		cursor: () => {},
	};
	gestures = new Gestures(host);
});

const take = () => {
	const taken = { cursor: 'crosshair', down: vi.fn(), move: vi.fn(), up: vi.fn(), cancel: vi.fn() };
	tool = taken;
	return taken;
};
const event = (x: number, y: number, init: PointerEventInit = {}) =>
	new PointerEvent('pointer', { pointerId: 1, pointerType: 'mouse', clientX: x, clientY: y, ...init });
const touch = (pointerId: number, x: number, y: number) => event(x, y, { pointerId, pointerType: 'touch' });

test('with no tool, a drag pans and a click chooses', () => {
	gestures.down(event(100, 100));
	gestures.move(event(102, 101));
	gestures.up(event(102, 101));
	expect(said).toEqual(['choose 10 10']);
	said.length = 0;
	gestures.down(event(100, 100));
	gestures.move(event(110, 95));
	gestures.move(event(100, 100));
	gestures.up(event(100, 100));
	expect(said).toEqual(['pan 10 -5', 'pan -10 5']);
});

test('with a tool, a drag draws, through all places that the pointer had', () => {
	const { down, move, up } = take();
	gestures.down(event(100, 100));
	const moved = event(140, 100);
	moved.getCoalescedEvents = () => [event(120, 100), moved];
	gestures.move(moved);
	gestures.up(event(150, 100));
	expect(down).toHaveBeenCalledWith({ x: 10, y: 10 }, expect.anything());
	expect(move).toHaveBeenCalledWith(
		[
			{ x: 12, y: 10 },
			{ x: 14, y: 10 },
		],
		moved,
	);
	expect(up).toHaveBeenCalledWith({ x: 15, y: 10 }, expect.anything());
	expect(said).toEqual([]);
});

test.each([
	['the middle button', { button: 1 }, false],
	['the right button', { button: 2 }, false],
	['space', { button: 0 }, true],
])('with a tool, %s pans', (_, init, isSpace) => {
	const { down } = take();
	gestures.space(isSpace);
	gestures.down(event(100, 100, init));
	gestures.move(event(120, 100));
	gestures.up(event(120, 100));
	expect(down).not.toHaveBeenCalled();
	expect(said).toEqual(['pan 20 0']);
});

test('a second finger takes back what the first began, and both pan and zoom', () => {
	const { down, cancel, move, up } = take();
	gestures.down(touch(1, 100, 100));
	expect(down).toHaveBeenCalledOnce();
	gestures.down(touch(2, 200, 100));
	expect(cancel).toHaveBeenCalledOnce();
	gestures.move(touch(2, 300, 100));
	expect(said).toEqual(['pan 50 0', 'zoom 2 at 200 100']);
	said.length = 0;
	gestures.up(touch(2, 300, 100));
	gestures.move(touch(1, 110, 100));
	gestures.up(touch(1, 110, 100));
	expect(said).toEqual(['pan 10 0']);
	expect(move).not.toHaveBeenCalled();
	expect(up).not.toHaveBeenCalled();
});

test('two fingers that only tap choose nothing', () => {
	gestures.down(touch(1, 100, 100));
	gestures.down(touch(2, 200, 100));
	gestures.up(touch(2, 200, 100));
	gestures.up(touch(1, 100, 100));
	expect(said).toEqual([]);
	expect(gestures.isBusy).toBe(false);
});

test('a third finger changes nothing', () => {
	gestures.down(touch(1, 100, 100));
	gestures.down(touch(2, 200, 100));
	gestures.down(touch(3, 500, 500));
	gestures.move(touch(3, 600, 500));
	gestures.up(touch(3, 600, 500));
	gestures.move(touch(1, 100, 100));
	expect(said).toEqual(['pan 0 0', 'zoom 1 at 150 100']);
});

test('what the browser or Escape takes away is cancelled', () => {
	const { cancel, up } = take();
	gestures.down(event(100, 100));
	gestures.cancel();
	expect(cancel).toHaveBeenCalledOnce();
	expect(gestures.isBusy).toBe(false);
	gestures.up(event(100, 100));
	expect(up).not.toHaveBeenCalled();
});

test('another pointer than the one that draws is not listened to', () => {
	const { move } = take();
	gestures.down(event(100, 100));
	gestures.move(event(500, 500, { pointerId: 9 }));
	expect(move).not.toHaveBeenCalled();
});

test('the wheel zooms about the pointer; pinched or sideways it is what a trackpad means', () => {
	// The wheel events of happy-dom have no place.
	const wheel = ({ ctrlKey = false, ...deltas }: WheelEventInit) => {
		const place = new MouseEvent('wheel', { clientX: 30, clientY: 40, ctrlKey });
		return Object.assign(place, { deltaX: 0, deltaY: 0, deltaMode: 0, ...deltas }) as WheelEvent;
	};
	gestures.wheel(wheel({ deltaY: -100 }));
	gestures.wheel(wheel({ deltaY: 3, deltaMode: 1 }));
	gestures.wheel(wheel({ deltaY: -10, ctrlKey: true }));
	gestures.wheel(wheel({ deltaX: 50, deltaY: 2 }));
	expect(said).toEqual(['smooth 1.22 at 30 40', 'smooth 0.91 at 30 40', 'zoom 1.11 at 30 40', 'pan -50 0']);
});
