import { useCallback } from 'react';
import type { Rect } from '../canvas/geometry';
import { useCanvasStore } from '../canvas/store';
import { useView } from './view';

/** CSS pixels a cell, from which on a single cell can be made out. */
const NEAR = 8;

/** Brings some cells into the middle of the view: an area as large as it fits, a single cell so that it can be made out. */
export function useShowPlace(): (area: Rect) => void {
	const view = useView();
	const store = useCanvasStore();
	return useCallback(
		(area) => {
			if (area.w > 1 || area.h > 1) {
				view.fit(area);
				return;
			}
			const zoom = Math.max(store.getState().camera?.zoom ?? NEAR, NEAR);
			view.moveTo({ x: area.x + 0.5, y: area.y + 0.5, zoom }, { animate: true });
		},
		[view, store],
	);
}
