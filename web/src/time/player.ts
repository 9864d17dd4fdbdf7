/** How fast it plays: the whole of the log in so many seconds, or so many entries a second. */
export type Speed = { kind: 'whole'; seconds: number } | { kind: 'entries'; perSecond: number };

export const SPEEDS: { id: string; label: string; speed: Speed }[] = [
	{ id: 'whole-5', label: 'All in 5 s', speed: { kind: 'whole', seconds: 5 } },
	{ id: 'whole-15', label: 'All in 15 s', speed: { kind: 'whole', seconds: 15 } },
	{ id: 'whole-30', label: 'All in 30 s', speed: { kind: 'whole', seconds: 30 } },
	{ id: 'whole-60', label: 'All in 60 s', speed: { kind: 'whole', seconds: 60 } },
	{ id: 'entries-2', label: '2 entries/s', speed: { kind: 'entries', perSecond: 2 } },
	{ id: 'entries-20', label: '20 entries/s', speed: { kind: 'entries', perSecond: 20 } },
	{ id: 'entries-200', label: '200 entries/s', speed: { kind: 'entries', perSecond: 200 } },
	{ id: 'entries-2000', label: '2,000 entries/s', speed: { kind: 'entries', perSecond: 2000 } },
];

/** Entries a second. */
export function rateOf(speed: Speed, head: number): number {
	return speed.kind === 'whole' ? head / speed.seconds : speed.perSecond;
}

/** A frame that took longer counts as this long, so that a slow one does not skip a large part. */
const LONGEST_FRAME_MS = 4000;

/** Where playing is after some time. The position is a version with what is past of the next. */
export function advance(position: number, rate: number, elapsedMs: number, end: number): number {
	return Math.min(end, position + (rate * Math.min(elapsedMs, LONGEST_FRAME_MS)) / 1000);
}

/** How long until the next version is due, but no shorter than a frame. */
export function waitFor(position: number, rate: number, frameMs: number): number {
	const missing = Math.floor(position) + 1 - position;
	return rate > 0 ? Math.max(frameMs, (1000 * missing) / rate) : frameMs;
}

export interface Playing {
	from: number;
	/** Asked before each frame: both may change while it plays. */
	end(): number;
	rate(): number;
	/** The shortest frame. */
	frameMs: number;
	/** Shows a version; resolves when it can be seen. */
	show(version: number): Promise<void>;
	now(): number;
	/** Rejects when it is stopped. */
	wait(milliseconds: number): Promise<void>;
}

/**
 * Plays until the end, or until `wait` rejects. The clock decides which version is due: where showing one takes long,
 * fewer are shown, and the whole takes no longer.
 */
export async function play({ from, end, rate, frameMs, show, now, wait }: Playing): Promise<void> {
	let position = from;
	let shown = from;
	let last = now();
	while (shown < end()) {
		await wait(waitFor(position, rate(), frameMs));
		const time = now();
		position = advance(position, rate(), time - last, end());
		last = time;
		const due = Math.floor(position);
		if (due === shown) continue;
		shown = due;
		await show(due);
	}
}
