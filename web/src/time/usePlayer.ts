import { useCallback, useEffect, useRef, useState } from 'react';
import { versionOf } from '../canvas/moment';
import { type CanvasStore, useCanvasStore } from '../canvas/store';
import { pause as waitOr } from '../client/retry';
import { useView, type View } from '../view/view';
import { patiently } from './pacer';
import { play, rateOf, type Speed } from './player';
import { momentAt } from './scale';

const FRAME_MS = 33;
/** Where motion is to be reduced, pictures follow each other as slides do. */
const CALM_FRAME_MS = 1000;
const PATIENCE_MS = 5000;

export interface Player {
	isPlaying: boolean;
	toggle(): void;
	stop(): void;
}

/** Plays the log from the shown version, or from the beginning where the end is shown. */
export function usePlayer(speed: Speed): Player {
	const store = useCanvasStore();
	const view = useView();
	const latestSpeed = useRef(speed);
	latestSpeed.current = speed;
	const [playing, setPlaying] = useState<AbortController | null>(null);

	useEffect(() => {
		if (!playing) return;
		void run(store, view, () => latestSpeed.current, playing).finally(() => setPlaying(null));
		return () => playing.abort();
	}, [playing, store, view]);

	const stop = useCallback(() => playing?.abort(), [playing]);
	const toggle = useCallback(() => {
		if (playing) playing.abort();
		else setPlaying(new AbortController());
	}, [playing]);
	return { isPlaying: playing !== null, toggle, stop };
}

async function run(store: CanvasStore, view: View, speed: () => Speed, stopping: AbortController): Promise<void> {
	const { moment, head } = store.getState();
	const from = versionOf(moment, head);
	let shown = from >= head ? 0 : from;
	const look = (version: number) => {
		shown = version;
		store.getState().look(momentAt(version, store.getState().head));
	};
	look(shown);
	// Whoever else chooses a moment wants to see it.
	const unsubscribe = store.subscribe((state, before) => {
		if (state.moment !== before.moment && versionOf(state.moment, state.head) !== shown) stopping.abort();
	});
	const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
	await play({
		from: shown,
		end: () => store.getState().head,
		rate: () => rateOf(speed(), store.getState().head),
		frameMs: isCalm ? CALM_FRAME_MS : FRAME_MS,
		show: (version) => {
			look(version);
			return patiently(view.settled(), PATIENCE_MS);
		},
		now: () => performance.now(),
		wait: (milliseconds) => waitOr(milliseconds, stopping.signal),
	})
		.catch(() => {})
		.finally(unsubscribe);
}
