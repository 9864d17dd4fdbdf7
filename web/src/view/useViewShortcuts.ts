import { type Shortcut, useShortcut } from '../ui/shortcuts';
import type { ViewEngine } from './engine';

export const ZOOM_STEP = 2;

/** CSS pixels that a key moves the picture. */
const PAN_STEP = 64;
/** How many times further it goes with Shift. */
const PAN_FACTOR = 5;
/** Cells that the cursor goes with Shift. */
const CURSOR_STEP = 10;

const ARROWS: [key: string, where: string, dx: number, dy: number][] = [
	['arrowleft', 'left', -1, 0],
	['arrowright', 'right', 1, 0],
	['arrowup', 'up', 0, -1],
	['arrowdown', 'down', 0, 1],
];

/** The keys that move the view, and its cell cursor once that is shown. */
export function useViewShortcuts(engine: ViewEngine): void {
	const moving = (keys: string, label: string, run: Shortcut['run']): Shortcut => ({
		keys,
		label,
		group: 'Moving',
		run,
	});
	const go = (dx: number, dy: number, cells: number, pixels: number) => {
		if (engine.cursor.cell) engine.cursor.move(dx * cells, dy * cells);
		else engine.pilot.pan(-dx * pixels, -dy * pixels);
	};
	useShortcut(
		...ARROWS.map(([key, where, dx, dy]) =>
			moving(key, `Go ${where}; with the cell cursor, by a cell`, () => go(dx, dy, 1, PAN_STEP)),
		),
		...ARROWS.map(([key, where, dx, dy]) =>
			moving(`shift+${key}`, `Go ${where} by a larger step; with the cell cursor, by ten cells`, () =>
				go(dx, dy, CURSOR_STEP, PAN_STEP * PAN_FACTOR),
			),
		),
		moving('+', 'Zoom in', () => engine.zoomBy(ZOOM_STEP)),
		moving('=', 'Zoom in', () => engine.zoomBy(ZOOM_STEP)),
		moving('-', 'Zoom out', () => engine.zoomBy(1 / ZOOM_STEP)),
		moving('0', 'Show the whole', () => engine.fit()),
		moving('1', 'Actual size', () => engine.pilot.actualSize()),
		moving('enter', 'Show the cell cursor; then start and end a stroke there, or choose the cell', (event) => {
			if (!event.repeat) engine.enter();
		}),
		moving(' ', 'Held: a drag moves the picture; with the cell cursor: draw, or choose the cell', (event) => {
			if (!event.repeat) engine.cursor.press();
		}),
	);
}
