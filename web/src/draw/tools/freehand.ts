import type { Point } from '../../canvas/geometry';
import type { PointerTool } from '../../view/view';
import type { DraftPicture } from '../layer/PendingLayer';
import type { Shown } from '../layer/shown';
import { runsOf } from '../raster/runs';
import { StrokeCells } from '../raster/stroke';
import type { ToolHost } from './host';

interface Stroke {
	cells: StrokeCells;
	color: string;
	size: number;
	last: Point;
	draft: DraftPicture;
	shown: Shown[];
	/** How many of the cells are shown. */
	reached: number;
}

/** Pencil and eraser: the brush goes where the pointer goes. */
export function freehand(host: ToolHost): PointerTool {
	let stroke: Stroke | null = null;

	function show(drawn: Stroke): void {
		const { cells } = drawn.cells;
		if (cells.length === drawn.reached) return;
		const runs = runsOf(cells.slice(drawn.reached), host.canvas.width);
		drawn.reached = cells.length;
		drawn.shown.push({ kind: 'cells', color: drawn.color, runs });
		drawn.draft.show(...drawn.shown);
	}

	return {
		cursor: 'crosshair',
		down(cell) {
			const [color, size] = [host.color(), host.size()];
			const cells = new StrokeCells(host.canvas);
			cells.addBrush(cell, size);
			stroke = { cells, color, size, last: cell, draft: host.draft(), shown: [], reached: 0 };
			show(stroke);
		},
		move(cells) {
			if (!stroke) return;
			for (const cell of cells) {
				stroke.cells.addLine(stroke.last, cell, stroke.size);
				stroke.last = cell;
			}
			show(stroke);
		},
		up() {
			if (stroke) host.commit({ cells: stroke.cells.cells }, stroke.color, stroke.draft);
			stroke = null;
		},
		cancel() {
			stroke?.draft.remove();
			stroke = null;
		},
	};
}
