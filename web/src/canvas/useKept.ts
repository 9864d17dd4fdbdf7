import { useState } from 'react';
import { type CanvasStore, useCanvasStore } from './store';

const kept = new WeakMap<CanvasStore, Map<string, unknown>>();

/** State of a panel that outlives it: panels come and go while the canvas stays open. */
export function useKept<T>(key: string, initial: T): [T, (value: T) => void] {
	const store = useCanvasStore();
	const [value, setValue] = useState<T>(() => {
		const all = kept.get(store);
		// What stands under a key was put there by a call with that key, so that it has its type.
		return all?.has(key) ? (all.get(key) as T) : initial;
	});
	const keep = (next: T) => {
		const all = kept.get(store) ?? new Map<string, unknown>();
		kept.set(store, all.set(key, next));
		setValue(next);
	};
	return [value, keep];
}
