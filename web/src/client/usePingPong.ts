import { useCallback, useEffect, useRef, useState } from 'react';
import type { Pixlog } from './client';
import type { RunPicture } from './pictures';
import { currentPictures, type PingPongOptions, type PingPongSpec, readProgress, startPingPong } from './pingpong';
import { usePixlog } from './react';
import { pause } from './retry';

export interface PingPongState {
	/** In their order, each as soon as it is there. */
	pictures: RunPicture[];
	/** Percent of the cells that are not white. */
	progression: number;
	/** Whether an answer is waited for. */
	isRunning: boolean;
	error: Error | null;
}

export interface UsedPingPong extends PingPongState {
	/** Starts a run; done when it is over. A run of somebody else that was going is cancelled. */
	start(spec: PingPongSpec): Promise<void>;
	/** Reads the pictures of the run that is there. */
	load(): Promise<void>;
	/** Ends the waiting; the run goes on in the server. */
	stopWaiting(): void;
}

const IDLE: PingPongState = { pictures: [], progression: 0, isRunning: false, error: null };
const PROGRESS_MS = 500;

type Source = (signal: AbortSignal) => AsyncGenerator<RunPicture, void>;

/** The calls of the original service: start a run, see its pictures and its progress as they come. */
export function usePingPong({ images = 'inline' }: Pick<PingPongOptions, 'images'> = {}): UsedPingPong {
	const pixlog = usePixlog();
	const [state, setState] = useState(IDLE);
	const waiting = useRef<AbortController | null>(null);
	useEffect(() => () => waiting.current?.abort(), []);

	const receive = useCallback(
		async (source: Source) => {
			waiting.current?.abort();
			const mine = new AbortController();
			waiting.current = mine;
			const { signal } = mine;
			const change = (next: (state: PingPongState) => PingPongState) => !signal.aborted && setState(next);
			change(() => ({ ...IDLE, isRunning: true }));
			void poll(pixlog, signal, (progression) => change((now) => ({ ...now, progression })));
			const error = await collect(source(signal), (picture) =>
				change((now) => ({ ...now, pictures: [...now.pictures, picture] })),
			);
			const progression = await readProgress(pixlog, { signal }).then(
				(progress) => progress.progression,
				() => null,
			);
			change((now) => ({ ...now, isRunning: false, error, progression: progression ?? now.progression }));
			mine.abort();
		},
		[pixlog],
	);

	return {
		...state,
		start: useCallback(
			(spec) => receive((signal) => startPingPong(pixlog, spec, { images, signal })),
			[pixlog, receive, images],
		),
		load: useCallback(
			() => receive((signal) => currentPictures(pixlog, { images, signal })),
			[pixlog, receive, images],
		),
		stopWaiting: useCallback(() => {
			waiting.current?.abort();
			setState((now) => ({ ...now, isRunning: false }));
		}, []),
	};
}

/** Hands on what comes, and returns why it ended early. */
async function collect(source: AsyncGenerator<RunPicture, void>, on: (picture: RunPicture) => void) {
	try {
		for await (const picture of source) on(picture);
		return null;
	} catch (error) {
		return error instanceof Error ? error : new Error(String(error));
	}
}

/** What cannot be asked now is asked again: the pictures say whether the server is there. */
async function poll(pixlog: Pixlog, signal: AbortSignal, on: (progression: number) => void): Promise<void> {
	while (!signal.aborted) {
		await pause(PROGRESS_MS, signal).catch(() => {});
		const progress = await readProgress(pixlog, { signal }).catch(() => null);
		if (progress) on(progress.progression);
	}
}
