import { useCallback, useEffect } from 'react';
import { useCanvasStore } from '../canvas/store';
import type { Rect } from '../view/camera';
import { useView } from '../view/view';
import { markLayer } from './markLayer';

/** CSS pixels a cell, from which on a single cell can be made out. */
const NEAR = 8;

/** Marks some cells in the view for as long as they are meant. Returns what brings them into its middle. */
export function usePlace(id: string, area: Rect | null): () => void {
	const view = useView();
	const store = useCanvasStore();
	const { x = 0, y = 0, w = 0, h = 0 } = area ?? {};
	useEffect(() => {
		if (w === 0) return;
		view.setLayer(id, markLayer({ x, y, w, h }));
		return () => view.setLayer(id, null);
	}, [view, id, x, y, w, h]);
	return useCallback(() => {
		if (w > 1 || h > 1) {
			view.fit({ x, y, w, h });
			return;
		}
		const zoom = Math.max(store.getState().camera?.zoom ?? NEAR, NEAR);
		view.moveTo({ x: x + 0.5, y: y + 0.5, zoom }, { animate: true });
	}, [view, store, x, y, w, h]);
}
