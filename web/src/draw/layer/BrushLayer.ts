import type { CanvasStore } from '../../canvas/store';
import type { Layer, Transform, View } from '../../view/view';
import { brushRect } from '../raster/shape';
import { useSettings } from '../settings';
import { hasSize, isOffered, type ToolId } from '../tools/tools';
import { placed } from './shown';

/** The cells that the brush would cover. */
export class BrushLayer implements Layer {
	readonly order = 45;

	constructor(
		readonly store: CanvasStore,
		readonly view: View,
		readonly tool: ToolId,
	) {}

	/** Returns what ends it. */
	start(): () => void {
		if (!hasSize(this.tool) || !isOffered(this.tool, this.store.getState().canvas)) return () => {};
		this.view.setLayer('brush', this);
		const unsubscribe = [
			useSettings.subscribe(() => this.view.repaint()),
			this.store.subscribe(({ hover }, before) => {
				if (hover !== before.hover) this.view.repaint();
			}),
		];
		return () => {
			for (const stop of unsubscribe) stop();
			this.view.setLayer('brush', null);
		};
	}

	paint(context: CanvasRenderingContext2D, transform: Transform): void {
		const { hover, canvas } = this.store.getState();
		if (!hover) return;
		const size = canvas.cooldown_ms > 0 ? 1 : useSettings.getState().size;
		const { x, y, w, h } = placed(transform, brushRect(hover, size));
		// Light within dark is seen on every colour.
		context.lineWidth = 1;
		context.strokeStyle = '#000';
		context.strokeRect(x - 0.5, y - 0.5, w + 1, h + 1);
		context.strokeStyle = '#fff';
		context.strokeRect(x + 0.5, y + 0.5, w - 1, h - 1);
	}
}
