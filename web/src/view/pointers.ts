import type { ViewEngine } from './engine';
import { Gestures } from './gestures';

/** Lets pointers and the wheel on an element act on a view. Returns what ends it. */
export function listenToPointers(element: HTMLCanvasElement, engine: ViewEngine): () => void {
	const gestures = gesturesOn(element, engine);
	const stop = new AbortController();
	const { signal } = stop;
	const on = <K extends keyof HTMLElementEventMap>(type: K, run: (event: HTMLElementEventMap[K]) => void) =>
		element.addEventListener(type, run, { signal, passive: false });

	on('pointerdown', (event) => {
		engine.cursor.hide();
		element.setPointerCapture(event.pointerId);
		gestures.down(event);
	});
	on('pointermove', (event) => gestures.move(event));
	on('pointerup', (event) => gestures.up(event));
	on('pointercancel', (event) => gestures.cancel(event.pointerId));
	on('pointerleave', () => gestures.leave());
	// The focus is for the cell cursor; what else has it no longer gets the keys. The middle button would scroll.
	on('mousedown', (event) => {
		event.preventDefault();
		const { activeElement } = document;
		if (activeElement instanceof HTMLElement && activeElement !== element) activeElement.blur();
	});
	// A right drag pans.
	on('contextmenu', (event) => event.preventDefault());
	on('wheel', (event) => {
		event.preventDefault();
		gestures.wheel(event);
	});
	engine.toolChanged = () => {
		gestures.cancel();
		gestures.showCursor();
	};
	const unlistenKeys = listenToKeys(gestures, engine);
	return () => {
		stop.abort();
		unlistenKeys();
		gestures.cancel();
		engine.toolChanged = null;
	};
}

function gesturesOn(element: HTMLCanvasElement, engine: ViewEngine): Gestures {
	return new Gestures({
		tool: () => engine.tool(),
		place: ({ clientX, clientY }) => engine.place(clientX, clientY),
		cellAt: (place) => engine.cellAt(place),
		pan: (dx, dy) => engine.pilot.pan(dx, dy),
		zoom: (factor, about) => engine.pilot.zoomAtOnce(factor, about),
		zoomSmoothly: (factor, about) => engine.zoomBy(factor, about),
		choose: (inspected) => engine.choose(inspected),
		hover: (place) => engine.hover(place),
		cursor: (isPanning, isPanReady) => {
			const free = isPanReady ? 'grab' : (engine.tool()?.cursor ?? 'default');
			element.style.cursor = isPanning ? 'grabbing' : free;
		},
	});
}

/** Space held down, and Escape, wherever the focus is. */
function listenToKeys(gestures: Gestures, engine: ViewEngine): () => void {
	const stop = new AbortController();
	const { signal } = stop;
	const press = (event: KeyboardEvent) => {
		if (event.key === 'Escape' && (gestures.isBusy || engine.cursor.isDown)) {
			gestures.cancel();
			engine.cursor.cancel();
			event.preventDefault();
			event.stopPropagation();
		}
		if (event.key === ' ' && !engine.cursor.cell && !isControl(event.target)) {
			gestures.space(true);
			event.preventDefault();
		}
	};
	const release = (event: KeyboardEvent) => {
		if (event.key !== ' ') return;
		gestures.space(false);
		engine.cursor.release();
	};
	addEventListener('keydown', press, { signal, capture: true });
	addEventListener('keyup', release, { signal, capture: true });
	addEventListener('blur', () => gestures.space(false), { signal });
	return () => stop.abort();
}

/** Whether the space key is for what has the focus. */
function isControl(target: EventTarget | null): boolean {
	const taken = 'input,textarea,select,button,a,summary,[contenteditable],[role=dialog],[role=slider],[role=option]';
	return target instanceof HTMLElement && target.closest(taken) !== null;
}
