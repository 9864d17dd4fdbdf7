import { useEffect } from 'react';
import type { Rect } from '../canvas/geometry';
import { useView } from '../view/view';
import { markLayer } from './markLayer';

/** Frames some cells in the view for as long as they are meant. */
export function useMark(id: string, { x, y, w, h }: Rect): void {
	const view = useView();
	useEffect(() => {
		view.setLayer(id, markLayer({ x, y, w, h }));
		return () => view.setLayer(id, null);
	}, [view, id, x, y, w, h]);
}
