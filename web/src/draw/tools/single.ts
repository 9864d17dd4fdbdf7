import type { Point } from '../../canvas/geometry';
import type { PointerTool } from '../../view/view';
import type { DraftPicture } from '../layer/PendingLayer';
import { runsOf } from '../raster/runs';
import { brushRect, clipRect } from '../raster/shape';
import type { ToolHost } from './host';

/** One cell, where the pointer goes up: for canvases where each pixel has to be waited for. */
export function singleCell(host: ToolHost): PointerTool {
	let draft: DraftPicture | null = null;

	function cellsAt(cell: Point): number[] {
		return clipRect(brushRect(cell, 1), host.canvas) ? [cell.y * host.canvas.width + cell.x] : [];
	}

	function show(cell: Point): void {
		draft?.show({ kind: 'cells', color: host.color(), runs: runsOf(cellsAt(cell), host.canvas.width) });
	}

	return {
		cursor: 'crosshair',
		down(cell) {
			draft = host.draft();
			show(cell);
		},
		move(cells) {
			const cell = cells.at(-1);
			if (cell) show(cell);
		},
		up(cell) {
			if (draft) host.commit({ cells: cellsAt(cell) }, host.color(), draft);
			draft = null;
		},
		cancel() {
			draft?.remove();
			draft = null;
		},
	};
}
