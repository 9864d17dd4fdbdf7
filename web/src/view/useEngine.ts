import { useEffect, useState } from 'react';
import { useFeed } from '../canvas/feed';
import { useCanvasStore } from '../canvas/store';
import { usePixlog } from '../client';
import { ViewEngine } from './engine';

/** An engine of its own for the canvas of the page, kept up to date by its feed. */
export function useEngine(): ViewEngine {
	const store = useCanvasStore();
	const pixlog = usePixlog();
	const feed = useFeed();
	const [engine] = useState(() => new ViewEngine(store, pixlog));
	useEffect(() => engine.follow(feed), [engine, feed]);
	return engine;
}
