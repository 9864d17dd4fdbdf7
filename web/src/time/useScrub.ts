import { useMemo, useState } from 'react';
import { versionOf } from '../canvas/moment';
import { useCanvasState, useCanvasStore } from '../canvas/store';
import { useView } from '../view/view';
import { latestOnly, patiently } from './pacer';
import { momentAt } from './scale';

/** How long the picture of a moment may take before the next is asked for, while dragging. */
const PATIENCE_MS = 1500;

export interface Scrub {
	/** What is shown, or will be as soon as it is loaded. */
	version: number;
	/** Goes to a version as a part of a movement: those in between may be left out. */
	move(version: number): void;
	/** The movement is over. */
	end(): void;
}

/** Moves through time no faster than the view can show it. */
export function useScrub(): Scrub {
	const store = useCanvasStore();
	const view = useView();
	const shown = useCanvasState((state) => versionOf(state.moment, state.head));
	const [wanted, setWanted] = useState<number | null>(null);
	const show = useMemo(
		() =>
			latestOnly<number>((version) => {
				const { look, head } = store.getState();
				look(momentAt(version, head));
				return patiently(view.settled(), PATIENCE_MS);
			}),
		[store, view],
	);
	return {
		version: wanted ?? shown,
		move(version) {
			setWanted(version);
			show(version);
		},
		end() {
			if (wanted !== null) store.getState().look(momentAt(wanted, store.getState().head));
			setWanted(null);
		},
	};
}
