import { useEffect, useRef, useState } from 'react';
import { ApiError, usePixlog } from '../client';
import { oneAtATime } from './oneAtATime';

/** So that a fast run does not keep the server busy with pictures of it. */
const PAUSE_MS = 150;

interface Shown {
	src: string | null;
	error: Error | null;
}

/** The newest picture of a canvas, fetched again whenever `stamp` changes, the next after the last has come. */
export function usePictureOf(canvas: string, fit: number, stamp: string): Shown & { retry(): void } {
	const pixlog = usePixlog();
	const [shown, setShown] = useState<Shown>({ src: null, error: null });
	const [attempt, setAttempt] = useState(0);
	const load = useRef<() => void>(() => {});
	useEffect(() => {
		const abort = new AbortController();
		let last: string | null = null;
		load.current = oneAtATime(async () => {
			try {
				const path = `/api/v1/canvases/${canvas}/image.png?fit=${fit}`;
				const picture = await (await pixlog.request(path, { signal: abort.signal })).blob();
				if (abort.signal.aborted) return;
				const before = last;
				last = URL.createObjectURL(picture);
				setShown({ src: last, error: null });
				if (before) URL.revokeObjectURL(before);
			} catch (error) {
				if (abort.signal.aborted) return;
				setShown((known) => ({ ...known, error: error instanceof ApiError ? error : new Error(String(error)) }));
			}
			await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
		});
		return () => {
			abort.abort();
			if (last) URL.revokeObjectURL(last);
		};
	}, [pixlog, canvas, fit]);
	// biome-ignore lint/correctness/useExhaustiveDependencies: they say that there is something new, and where.
	useEffect(() => load.current(), [stamp, attempt, pixlog, canvas, fit]);
	return { ...shown, retry: () => setAttempt((count) => count + 1) };
}
