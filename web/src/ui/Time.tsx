import { create } from 'zustand';

const MINUTE_MS = 60_000;
/** One clock for all times of a page; it runs for as long as the page is open. */
const useNow = create<{ now: number }>()((set) => {
	setInterval(() => set({ now: Date.now() }), MINUTE_MS / 2);
	return { now: Date.now() };
});

const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
	['year', 365 * 24 * 60 * MINUTE_MS],
	['month', 30 * 24 * 60 * MINUTE_MS],
	['week', 7 * 24 * 60 * MINUTE_MS],
	['day', 24 * 60 * MINUTE_MS],
	['hour', 60 * MINUTE_MS],
	['minute', MINUTE_MS],
];

/** `3 hours ago`; what is less than a minute away is `just now`, so that clocks that differ a little are not noticed. */
export function relativeTime(time: number, now: number): string {
	const ago = time - now;
	const unit = UNITS.find(([, ms]) => Math.abs(ago) >= ms);
	return unit ? relative.format(Math.trunc(ago / unit[1]), unit[0]) : 'just now';
}

export function absoluteTime(time: string): string {
	return absolute.format(new Date(time));
}

/** A time, as far ago as it is; the exact one in its tip, or beside it where `exact` asks for that. */
export function Time({ at, exact = false }: { at: string; exact?: boolean }) {
	const now = Math.max(
		useNow((state) => state.now),
		Date.now(),
	);
	const ago = relativeTime(Date.parse(at), now);
	const full = absoluteTime(at);
	return (
		<time dateTime={at} title={full}>
			{exact ? `${full} (${ago})` : ago}
		</time>
	);
}
