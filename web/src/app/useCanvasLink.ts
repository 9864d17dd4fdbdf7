import { useEffect, useRef } from 'react';
import { navigate } from 'wouter/use-hash-location';
import type { Camera } from '../canvas/geometry';
import { LIVE } from '../canvas/moment';
import type { CanvasStore } from '../canvas/store';
import { usePixlog } from '../client';
import { notifyError } from '../ui/notices';
import { type NamedVersion, pathOf } from './link';
import { canvasPath, parseRoute } from './route';
import { openVersion } from './useOpening';

/** Browsers take about a hundred changes of the address in half a minute. */
const WRITE_MS = 400;

/**
 * Keeps the address of the page and what it shows equal: what is shown is written there once it stands still, and what
 * somebody writes there, or goes back to, is shown.
 */
export function useCanvasLink(
	store: CanvasStore,
	version: string | null,
	camera: Camera | null,
	openedAs: NamedVersion | null,
): void {
	const pixlog = usePixlog();
	const named = useRef(openedAs);
	const path = canvasPath(store.getState().canvas.name, version, camera);
	/** The address that what is shown belongs to. */
	const synced = useRef(path);

	useEffect(() => {
		let timer: ReturnType<typeof setTimeout> | undefined;
		const write = () => {
			const next = pathOf(store.getState(), named.current);
			if (next === synced.current || !isHere(store)) return;
			synced.current = next;
			navigate(next, { replace: true });
		};
		const unsubscribe = store.subscribe((state, before) => {
			if (state.moment === before.moment && state.camera === before.camera) return;
			clearTimeout(timer);
			timer = setTimeout(write, WRITE_MS);
		});
		return () => {
			clearTimeout(timer);
			unsubscribe();
		};
	}, [store]);

	// biome-ignore lint/correctness/useExhaustiveDependencies: `path` is the version and the camera, as they are compared.
	useEffect(() => {
		if (path === synced.current) return;
		synced.current = path;
		const { canvas, head, look, reach, set } = store.getState();
		if (camera) set({ camera });
		if (version === null) {
			look(LIVE);
			return;
		}
		let isLatest = true;
		openVersion(pixlog, canvas.name, head, version)
			.then((opening) => {
				if (!isLatest) return;
				named.current = opening.named;
				if (opening.moment.kind === 'version') reach(opening.moment.version);
				look(opening.moment);
			})
			.catch((error: unknown) => {
				if (!isLatest) return;
				notifyError(error);
				// The address must not name what is not shown.
				synced.current = pathOf(store.getState(), named.current);
				navigate(synced.current, { replace: true });
			});
		return () => {
			isLatest = false;
		};
	}, [path]);
}

/** Whether the address is still one of this canvas: another page may be on its way. */
function isHere(store: CanvasStore): boolean {
	const route = parseRoute(location.hash.replace(/^#/, ''));
	return route.page === 'canvas' && route.name === store.getState().canvas.name;
}
