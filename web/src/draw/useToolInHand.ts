import { useEffect } from 'react';
import { useCanvasState } from '../canvas/store';
import { useView } from '../view/view';
import type { Drawing } from './drawing';
import { BrushLayer } from './layer/BrushLayer';
import { pointerTool, useTool } from './tools/tools';

/** Gives the view the tool that is chosen, and shows what it would cover. Nothing is drawn on the past. */
export function useToolInHand(drawing: Drawing): void {
	const view = useView();
	const tool = useTool((state) => state.tool);
	const isLive = useCanvasState((state) => state.moment.kind === 'live');
	useEffect(() => {
		view.setTool(isLive || tool === 'template' ? pointerTool(tool, drawing.host, drawing.template) : null);
		return () => view.setTool(null);
	}, [view, tool, isLive, drawing]);
	useEffect(() => {
		if (!isLive) return;
		const brush = new BrushLayer(drawing.parts.store, view, tool);
		return brush.start();
	}, [view, tool, isLive, drawing]);
}
