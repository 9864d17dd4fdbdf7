import type { Point } from '../../canvas/geometry';
import type { PointerTool } from '../../view/view';
import type { Template } from './template';

/** Moves the template by whole cells. */
export function moveTool(template: Template): PointerTool {
	let from: { cell: Point; x: number; y: number } | null = null;

	function moveTo(cell: Point): void {
		if (from) template.place({ x: from.x + cell.x - from.cell.x, y: from.y + cell.y - from.cell.y });
	}

	return {
		cursor: 'move',
		down(cell) {
			const { x, y } = template.state.getState();
			from = { cell, x, y };
		},
		move(cells) {
			const cell = cells.at(-1);
			if (cell) moveTo(cell);
		},
		up(cell) {
			moveTo(cell);
			from = null;
		},
		cancel() {
			if (from) template.place({ x: from.x, y: from.y });
			from = null;
		},
	};
}
