import { useEffect, useRef } from 'react';
import { create } from 'zustand';

/** A key that does something, as the help sheet lists it. */
export interface Shortcut {
	/** As `KeyboardEvent.key` says, lower case, with `ctrl+`, `shift+` before it: `ctrl+z`, `?`, `shift+arrowleft`. */
	keys: string;
	/** What it does, as a sentence without a full stop. */
	label: string;
	group: 'Everywhere' | 'Moving' | 'Drawing' | 'Time';
	run(event: KeyboardEvent): void;
}

export const useShortcuts = create<{ all: Shortcut[] }>()(() => ({ all: [] }));

/** Adds keys for as long as the component is there. The newest of two with the same keys wins. */
export function useShortcut(...shortcuts: Shortcut[]): void {
	const latest = useRef(shortcuts);
	latest.current = shortcuts;
	const names = shortcuts.map((one) => one.keys).join(' ');
	// biome-ignore lint/correctness/useExhaustiveDependencies: only other keys need another registration; `run` is read from `latest`.
	useEffect(() => {
		const added = shortcuts.map((one, at) => ({
			...one,
			run: (event: KeyboardEvent) => latest.current[at]?.run(event),
		}));
		useShortcuts.setState(({ all }) => ({ all: [...all, ...added] }));
		return () => useShortcuts.setState(({ all }) => ({ all: all.filter((one) => !added.includes(one)) }));
	}, [names]);
}

/** The name of what was pressed, as in {@link Shortcut.keys}. Command on a Mac counts as Control. */
export function keysOf(event: KeyboardEvent): string {
	const key = event.key.toLowerCase();
	const isLetter = key.length > 1 || /[a-z]/.test(key);
	return `${event.ctrlKey || event.metaKey ? 'ctrl+' : ''}${event.shiftKey && isLetter ? 'shift+' : ''}${key}`;
}

/** Where keys write or choose, they are not ours. */
function isTaken(event: KeyboardEvent): boolean {
	const target = event.target;
	if (!(target instanceof HTMLElement)) return false;
	if (target.isContentEditable || target.closest('[role=dialog],[role=alertdialog],[role=menu],[role=listbox]'))
		return true;
	if (
		target.matches('textarea,select') ||
		(target.matches('input') && !target.matches('[type=checkbox],[type=radio]'))
	) {
		return true;
	}
	const isArrow = event.key.startsWith('Arrow') || event.key === 'Home' || event.key === 'End';
	if (isArrow && target.closest('[role=slider],[role=tablist],[role=radiogroup],[role=toolbar],[role=grid]'))
		return true;
	return (event.key === ' ' || event.key === 'Enter') && target.closest('button,a,summary,[role=button]') !== null;
}

/** Listens for all keys; once in the app. */
export function useShortcutKeys(): void {
	useEffect(() => {
		const press = (event: KeyboardEvent) => {
			if (event.defaultPrevented || event.altKey || isTaken(event)) return;
			const keys = keysOf(event);
			const found = useShortcuts.getState().all.findLast((one) => one.keys === keys);
			if (!found) return;
			event.preventDefault();
			found.run(event);
		};
		addEventListener('keydown', press);
		return () => removeEventListener('keydown', press);
	}, []);
}
