/**
 * Work on the newest value only: while one is worked on, those that come are forgotten except for the last. So dragging
 * shows as many moments as can be loaded, and ends with the one that is meant.
 */
export function latestOnly<T>(work: (value: T) => Promise<void>): (value: T) => void {
	let isBusy = false;
	let waiting: { value: T } | null = null;
	return function give(value: T): void {
		if (isBusy) {
			waiting = { value };
			return;
		}
		isBusy = true;
		work(value)
			.catch(() => {})
			.finally(() => {
				isBusy = false;
				const next = waiting;
				waiting = null;
				if (next) give(next.value);
			});
	};
}

/** Waits for something, but not for ever: what cannot be loaded must not stop time. */
export async function patiently(wanted: Promise<void>, milliseconds: number): Promise<void> {
	let timer: ReturnType<typeof setTimeout> | undefined;
	const enough = new Promise<void>((resolve) => {
		timer = setTimeout(resolve, milliseconds);
	});
	await Promise.race([wanted, enough]).finally(() => clearTimeout(timer));
}
