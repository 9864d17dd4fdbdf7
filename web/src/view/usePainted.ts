import { useSyncExternalStore } from 'react';
import type { ViewEngine } from './engine';

/** What is read from an engine after each frame that it paints. Only another value renders again. */
export function usePainted<T extends string | number | boolean | null>(
	engine: ViewEngine,
	read: (engine: ViewEngine) => T,
): T {
	return useSyncExternalStore(engine.onPaint, () => read(engine));
}
