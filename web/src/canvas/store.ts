import { createContext, useContext } from 'react';
import { create, type StoreApi, type UseBoundStore } from 'zustand';
import type { ApiError, CanvasBody, ConnectionState } from '../client';
import type { Comparison } from './comparison';
import type { Camera, Point, Rect } from './geometry';
import { LIVE, type Moment } from './moment';

export type Panel = 'history' | 'pixel' | 'compare' | 'canvas';

/** What the parts of the canvas page share. What the server knows is only mirrored here, never computed. */
export interface CanvasState {
	canvas: CanvasBody;
	/** The newest version that is known, by the live feed or by an acknowledged write. */
	head: number;
	connection: ConnectionState;
	/** Why the canvas is not followed any more. */
	refusal: ApiError | null;
	moment: Moment;
	/** `null` until the view has fitted itself. */
	camera: Camera | null;
	/** The cell under the pointer. */
	hover: Point | null;
	/** The cell that was chosen for inspection. */
	inspected: Point | null;
	/** The rectangle that filters and restores refer to. */
	selection: Rect | null;
	/** Which of the panels beside the picture is in front, and whether they are shown at all. */
	panel: Panel;
	arePanelsShown: boolean;
	comparison: Comparison | null;
	set(patch: Partial<Omit<CanvasState, 'set'>>): void;
	/** Moves the head forward, never back. */
	reach(version: number): void;
	look(moment: Moment): void;
}

export type CanvasStore = UseBoundStore<StoreApi<CanvasState>>;

export function createCanvasStore(
	canvas: CanvasBody,
	moment: Moment = LIVE,
	camera: Camera | null = null,
): CanvasStore {
	return create<CanvasState>()((set) => ({
		canvas,
		head: canvas.version,
		connection: 'connecting',
		refusal: null,
		moment,
		camera,
		hover: null,
		inspected: null,
		selection: null,
		panel: 'history',
		arePanelsShown: true,
		comparison: null,
		set,
		reach: (version) => set((state) => (version > state.head ? { head: version } : state)),
		look: (next) => set({ moment: next }),
	}));
}

export const CanvasStoreContext = createContext<CanvasStore | null>(null);

/** A part of the state of the canvas page above. */
export function useCanvasState<T>(select: (state: CanvasState) => T): T {
	return useCanvasStore()(select);
}

/** The store itself, for handlers that read it when they run. */
export function useCanvasStore(): CanvasStore {
	const store = useContext(CanvasStoreContext);
	if (!store) throw new Error('There is no canvas here');
	return store;
}
