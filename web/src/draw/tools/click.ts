import type { Point } from '../../canvas/geometry';
import type { PointerTool } from '../../view/view';

/** Does something at the cell where the pointer goes up. */
export function clickTool(cursor: string, run: (cell: Point) => void): PointerTool {
	return { cursor, down() {}, move() {}, up: run, cancel() {} };
}

/** With Alt held down, a tool takes the colour of the cell in place of what it does. */
export function withPicking(tool: PointerTool, pick: (cell: Point) => void): PointerTool {
	let isPicking = false;
	return {
		cursor: tool.cursor,
		down(cell, event) {
			isPicking = event.altKey;
			if (isPicking) pick(cell);
			else tool.down(cell, event);
		},
		move(cells, event) {
			const cell = cells.at(-1);
			if (!isPicking) tool.move(cells, event);
			else if (cell) pick(cell);
		},
		up(cell, event) {
			if (!isPicking) tool.up(cell, event);
		},
		cancel() {
			if (!isPicking) tool.cancel();
		},
	};
}
