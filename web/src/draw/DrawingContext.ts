import { createContext, useContext, useEffect, useMemo } from 'react';
import { useFeed } from '../canvas/feed';
import { useCanvasStore } from '../canvas/store';
import { usePixlog } from '../client';
import { notifyError } from '../ui/notices';
import { useView } from '../view/view';
import { Drawing } from './drawing';
import { outboxesFor } from './outbox/outboxes';

export const DrawingContext = createContext<Drawing | null>(null);

export function useDrawing(): Drawing {
	const drawing = useContext(DrawingContext);
	if (!drawing) throw new Error('There is nothing to draw on here');
	return drawing;
}

/** Drawing on the canvas of the page, for as long as the page is there; sending goes on after it. */
export function useDrawingOnPage(): Drawing {
	const pixlog = usePixlog();
	const store = useCanvasStore();
	const feed = useFeed();
	const view = useView();
	const outboxes = outboxesFor(pixlog);
	const drawing = useMemo(() => {
		const outbox = outboxes.of(store.getState().canvas.name);
		return new Drawing({ pixlog, store, feed, view, outbox });
	}, [pixlog, store, feed, view, outboxes]);
	useEffect(() => drawing.start(), [drawing]);
	useEffect(() => {
		outboxes.resume().catch(notifyError);
	}, [outboxes]);
	// A live connection says that the server can be reached again.
	useEffect(() => {
		const { outbox } = drawing.parts;
		return store.subscribe(({ connection }, before) => {
			if (connection === 'open' && before.connection !== 'open') outbox.wake();
		});
	}, [drawing, store]);
	return drawing;
}
