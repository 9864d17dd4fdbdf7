import type { Point } from '../../canvas/geometry';
import type { PointerTool } from '../../view/view';
import { shownRect } from '../layer/entries';
import type { DraftPicture } from '../layer/PendingLayer';
import { runsOf } from '../raster/runs';
import { clipRect, rectOf, squared, straightened } from '../raster/shape';
import { StrokeCells } from '../raster/stroke';
import type { Area, ToolHost } from './host';

/** What is drawn between two cells; Shift keeps it straight or square. */
interface Shape {
	constrain(from: Point, to: Point): Point;
	/** `null`: nothing of it is on the canvas. */
	area(host: ToolHost, from: Point, to: Point): Area | null;
}

export const LINE: Shape = {
	constrain: straightened,
	area: (host, from, to) => cellsOf(host, (cells) => cells.addLine(from, to, host.size())),
};

export const OUTLINE: Shape = {
	constrain: squared,
	area: (host, from, to) => cellsOf(host, (cells) => cells.addOutline(rectOf(from, to), host.size())),
};

export const FILLED: Shape = {
	constrain: squared,
	area(host, from, to) {
		const rect = clipRect(rectOf(from, to), host.canvas);
		return rect && { rect };
	},
};

function cellsOf(host: ToolHost, draw: (cells: StrokeCells) => void): Area | null {
	const stroke = new StrokeCells(host.canvas);
	draw(stroke);
	return stroke.cells.length > 0 ? { cells: stroke.cells } : null;
}

/** Goes from where the pointer goes down to where it goes up. */
export function shapeTool(host: ToolHost, shape: Shape): PointerTool {
	let drawn: { from: Point; color: string; draft: DraftPicture } | null = null;

	function areaTo(from: Point, cell: Point, event: PointerEvent): Area | null {
		return shape.area(host, from, event.shiftKey ? shape.constrain(from, cell) : cell);
	}

	function show(cell: Point, event: PointerEvent): void {
		if (!drawn) return;
		const area = areaTo(drawn.from, cell, event);
		if (!area) drawn.draft.show();
		else if ('rect' in area) drawn.draft.show(shownRect(host.canvas, area.rect, drawn.color));
		else drawn.draft.show({ kind: 'cells', color: drawn.color, runs: runsOf(area.cells, host.canvas.width) });
	}

	return {
		cursor: 'crosshair',
		down(cell, event) {
			drawn = { from: cell, color: host.color(), draft: host.draft() };
			show(cell, event);
		},
		move(cells, event) {
			const cell = cells.at(-1);
			if (cell) show(cell, event);
		},
		up(cell, event) {
			if (!drawn) return;
			const area = areaTo(drawn.from, cell, event);
			if (area) host.commit(area, drawn.color, drawn.draft);
			else drawn.draft.remove();
			drawn = null;
		},
		cancel() {
			drawn?.draft.remove();
			drawn = null;
		},
	};
}
