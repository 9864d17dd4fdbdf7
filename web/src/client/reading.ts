import { ApiError } from './problem';
import { pause, spread } from './retry';

const AGAIN_MS = 4000;

/** Reads something, again and again while it fails in a way that may pass; `undefined` where it was ended or refused. */
export async function readAtLast<T>(
	read: () => Promise<T>,
	signal: AbortSignal,
	failed: (error: Error) => void,
): Promise<T | undefined> {
	while (!signal.aborted) {
		try {
			return await read();
		} catch (error) {
			if (signal.aborted) return;
			failed(error instanceof Error ? error : new Error(String(error)));
			if (!(error instanceof ApiError && error.isTemporary)) return;
			await pause(spread(AGAIN_MS), signal).catch(() => {});
		}
	}
}
