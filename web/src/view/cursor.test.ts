import { expect, test, vi } from 'vitest';
import { CellCursor } from './cursor';

function cursorWith(hasTool: boolean) {
	const tool = { cursor: 'crosshair', down: vi.fn(), move: vi.fn(), up: vi.fn(), cancel: vi.fn() };
	const choose = vi.fn();
	const moved = vi.fn();
	const canvas = { width: 20, height: 10 };
	return {
		cursor: new CellCursor({ canvas, tool: () => (hasTool ? tool : null), moved, choose }),
		tool,
		choose,
		moved,
	};
}

test('it stays on the canvas', () => {
	const { cursor, moved } = cursorWith(false);
	cursor.show({ x: 20, y: -3 });
	expect(cursor.cell).toEqual({ x: 19, y: 0 });
	cursor.move(-100, 100);
	expect(moved).toHaveBeenLastCalledWith({ x: 0, y: 9 });
	cursor.hide();
	expect(moved).toHaveBeenLastCalledWith(null);
});

test('with no tool it chooses', () => {
	const { cursor, choose } = cursorWith(false);
	cursor.press();
	expect(choose).not.toHaveBeenCalled();
	cursor.show({ x: 3, y: 4 });
	cursor.press();
	expect(choose).toHaveBeenCalledExactlyOnceWith({ x: 3, y: 4 });
	expect(cursor.isDown).toBe(false);
});

test('while it is pressed, moving draws as with the pointer', () => {
	const { cursor, tool } = cursorWith(true);
	cursor.show({ x: 3, y: 4 });
	cursor.press();
	cursor.press();
	cursor.move(1, 0);
	cursor.release();
	cursor.move(1, 0);
	const button = (buttons: number) => expect.objectContaining({ button: 0, buttons });
	expect(tool.down).toHaveBeenCalledExactlyOnceWith({ x: 3, y: 4 }, button(1));
	expect(tool.move).toHaveBeenCalledExactlyOnceWith([{ x: 4, y: 4 }], button(1));
	expect(tool.up).toHaveBeenCalledExactlyOnceWith({ x: 4, y: 4 }, button(0));
});

test('what was begun is taken back when it is put away', () => {
	const { cursor, tool } = cursorWith(true);
	cursor.show({ x: 3, y: 4 });
	cursor.press();
	cursor.hide();
	expect(tool.cancel).toHaveBeenCalledOnce();
	expect(tool.up).not.toHaveBeenCalled();
});
