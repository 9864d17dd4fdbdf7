import { create } from 'zustand';
import type { CanvasBody } from '../../client';
import type { PointerTool } from '../../view/view';
import { erasedColor } from '../colors';
import { moveTool } from '../template/moveTool';
import type { Template } from '../template/template';
import { clickTool, withPicking } from './click';
import { freehand } from './freehand';
import type { ToolHost } from './host';
import { FILLED, LINE, OUTLINE, shapeTool } from './shape';
import { singleCell } from './single';

export type ToolId = 'pan' | 'pencil' | 'line' | 'outline' | 'filled' | 'fill' | 'picker' | 'eraser' | 'template';

/** The tool in hand, and that to go back to when a colour was taken. */
export const useTool = create<{ tool: ToolId; before: ToolId }>()(() => ({ tool: 'pan', before: 'pencil' }));

export function takeTool(tool: ToolId): void {
	const { tool: before } = useTool.getState();
	useTool.setState(before === tool ? {} : { tool, before });
}

/** On a canvas with a cooldown each call writes one pixel. */
export function isOffered(tool: ToolId, canvas: Pick<CanvasBody, 'cooldown_ms'>): boolean {
	const drawsMany = tool === 'line' || tool === 'outline' || tool === 'filled' || tool === 'fill';
	return canvas.cooldown_ms === 0 || !drawsMany;
}

export function hasSize(tool: ToolId): boolean {
	return tool === 'pencil' || tool === 'line' || tool === 'outline' || tool === 'eraser';
}

/** What the pointer does with a tool; `null`: it pans. */
export function pointerTool(tool: ToolId, host: ToolHost, template: Template): PointerTool | null {
	if (tool === 'template') return moveTool(template);
	const made = drawingTool(tool, host);
	return made && withPicking(made, (cell) => host.pick(cell));
}

function drawingTool(tool: ToolId, host: ToolHost): PointerTool | null {
	if (!isOffered(tool, host.canvas)) return null;
	const byHand = host.canvas.cooldown_ms > 0 ? singleCell : freehand;
	switch (tool) {
		case 'pencil':
			return byHand(host);
		case 'eraser':
			return byHand({ ...host, color: () => erasedColor(host.canvas) });
		case 'line':
			return shapeTool(host, LINE);
		case 'outline':
			return shapeTool(host, OUTLINE);
		case 'filled':
			return shapeTool(host, FILLED);
		case 'fill':
			return clickTool('crosshair', (cell) => host.fill(cell, host.color()));
		case 'picker':
			return clickTool('crosshair', (cell) => {
				host.pick(cell);
				const { before } = useTool.getState();
				takeTool(before === 'pan' ? 'pencil' : before);
			});
		default:
			return null;
	}
}
