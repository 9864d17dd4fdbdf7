import { createParser } from 'eventsource-parser';
import { watchPage } from './page';
import { pause, spread } from './retry';

/** `waiting`: the connection was lost, and is tried again after a while. */
export type ConnectionState = 'connecting' | 'open' | 'waiting';

/** A stream of events (WHATWG HTML, 9.2) that is to be kept open. */
export interface Stream {
	/** Asks for what follows the last event. */
	open(signal: AbortSignal): Promise<Response>;
	event(name: string, data: string): void;
	connection(state: ConnectionState): void;
	/** Whether it is worth another try. */
	failed(error: unknown): Promise<boolean>;
	/** Whether nothing more is to come. */
	isOver(): boolean;
}

/** The first wait before another try, where the server names none, and the longest. */
const RETRY_MS = 1000;
const RETRY_MS_MAX = 15_000;
/** The server says something each 15 s: a connection that is silent for longer than two of them is dead. */
export const SILENCE_MS = 40_000;
/** Back at the page, there is no waiting for what should have been heard by now. */
export const SILENCE_MS_BACK = 20_000;
/** The longest that a timer takes: about 25 days. */
const FOREVER_MS = 2 ** 31 - 1;

/** Keeps a stream open until it is over; returns what ends it. */
export function keepOpen(stream: Stream): () => void {
	/** Ends the present attempt, or the present wait for the next one. */
	let cut = new AbortController();
	let isEnded = false;
	let isAway = false;
	/** Whether the next attempt comes without a wait. */
	let isHurried = false;
	let failures = 0;
	let retryMs = RETRY_MS;
	let heardAt = Date.now();

	const goesOn = () => !isEnded && !stream.isOver();
	const hurry = () => {
		isHurried = true;
		cut.abort();
	};
	const unwatch = watchPage({
		network: hurry,
		away: () => {
			isAway = true;
			cut.abort();
		},
		back: () => {
			const isLate = Date.now() - heardAt > SILENCE_MS_BACK;
			if (isAway || isLate) hurry();
			isAway = false;
		},
	});

	/** Opens the stream and reads it to its end; whether another attempt is worth while. */
	const attempt = async (): Promise<boolean> => {
		cut = new AbortController();
		const { signal } = cut;
		let silence = setTimeout(hurry, SILENCE_MS);
		const heard = () => {
			heardAt = Date.now();
			clearTimeout(silence);
			silence = setTimeout(hurry, SILENCE_MS);
		};
		try {
			stream.connection('connecting');
			const response = await stream.open(signal);
			heard();
			if (!signal.aborted) stream.connection('open');
			await read(response, signal, {
				piece: () => {
					failures = 0;
					heard();
				},
				event: (name, text) => goesOn() && stream.event(name, text),
				retry: (milliseconds) => {
					retryMs = milliseconds;
				},
			});
			return true;
		} catch (error) {
			return signal.aborted || stream.failed(error);
		} finally {
			clearTimeout(silence);
		}
	};

	const wait = async (milliseconds: number) => {
		cut = new AbortController();
		await pause(milliseconds, cut.signal).catch(() => {});
	};

	const run = async () => {
		while (goesOn()) {
			isHurried = false;
			if (!(await attempt()) || !goesOn()) return;
			stream.connection('waiting');
			if (isAway) await wait(FOREVER_MS);
			else if (!isHurried) await wait(spread(Math.min(retryMs * 2 ** failures, RETRY_MS_MAX)));
			failures = isHurried ? 0 : failures + 1;
		}
	};
	void run().finally(unwatch);
	return () => {
		isEnded = true;
		cut.abort();
	};
}

interface Reader {
	/** Something came, if only a comment. */
	piece(): void;
	event(name: string, data: string): void;
	retry(milliseconds: number): void;
}

async function read(response: Response, signal: AbortSignal, on: Reader): Promise<void> {
	const reader = response.body?.getReader();
	const decoder = new TextDecoder();
	const parser = createParser({
		onEvent: ({ event = 'message', data }) => on.event(event, data),
		onRetry: (milliseconds) => on.retry(milliseconds),
	});
	const stop = () => void reader?.cancel().catch(() => {});
	signal.addEventListener('abort', stop);
	try {
		while (reader && !signal.aborted) {
			const { done, value } = await reader.read();
			if (done) return;
			on.piece();
			parser.feed(decoder.decode(value, { stream: true }));
		}
	} finally {
		signal.removeEventListener('abort', stop);
		stop();
	}
}
