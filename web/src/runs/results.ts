import type { RunBody } from '../client';
import { ORIGINAL } from './original';

/** A finished run beside what the original service took for as many cells. */
export interface Result {
	cells: number;
	/** `null`: nobody ran as many here yet. */
	run: RunBody | null;
	/** What the original was measured with, as the side of a square. */
	side: number | null;
	/** `null`: the original did not do it. */
	originalSeconds: number | null;
}

/**
 * The newest complete run of each number of cells, exchange and pixels a hop, and what the original was measured with
 * and nobody ran here yet; small ones first.
 */
export function resultsOf(runs: RunBody[]): Result[] {
	const newest = new Map<string, RunBody>();
	for (const run of runs) {
		if (run.status !== 'completed' || run.pixels_per_second <= 0) continue;
		const kind = `${run.cells} ${run.exchange} ${run.pixels_per_hop}`;
		const known = newest.get(kind);
		if (!known || run.id > known.id) newest.set(kind, run);
	}
	const done = [...newest.values()];
	const missing = ORIGINAL.map(({ side }) => side * side).filter((cells) => !done.some((run) => run.cells === cells));
	return [
		...done.map((run) => besideOriginal(run.cells, run)),
		...missing.map((cells) => besideOriginal(cells, null)),
	].sort(
		(one, other) =>
			one.cells - other.cells ||
			(one.run?.exchange ?? '').localeCompare(other.run?.exchange ?? '') ||
			byHop(one, other),
	);
}

/** What a run worked, without pauses and restarts: what the server's rate comes from. */
export function secondsOf(run: RunBody): number {
	return run.pixels / run.pixels_per_second;
}

function besideOriginal(cells: number, run: RunBody | null): Result {
	const original = ORIGINAL.find(({ side }) => side * side === cells);
	return { cells, run, side: original?.side ?? null, originalSeconds: original?.seconds ?? null };
}

function byHop(one: Result, other: Result): number {
	return (one.run?.pixels_per_hop ?? 0) - (other.run?.pixels_per_hop ?? 0);
}
