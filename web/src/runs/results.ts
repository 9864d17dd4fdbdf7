import type { RunBody } from '../client';
import { ORIGINAL } from './original';

/** A finished run beside what the original service took for the same size. */
export interface Result {
	run: RunBody;
	seconds: number;
	/** `null`: the original did not do it. */
	originalSeconds: number | null;
}

/**
 * The newest complete run of each number of cells, exchange and pixels a hop, small ones first. Its time is what it
 * worked, without pauses and restarts: what the server's rate comes from.
 */
export function resultsOf(runs: RunBody[]): Result[] {
	const newest = new Map<string, RunBody>();
	for (const run of runs) {
		if (run.status !== 'completed' || run.pixels_per_second <= 0) continue;
		const kind = `${run.cells} ${run.exchange} ${run.pixels_per_hop}`;
		const known = newest.get(kind);
		if (!known || run.id > known.id) newest.set(kind, run);
	}
	return [...newest.values()]
		.sort((one, other) => one.cells - other.cells || one.exchange.localeCompare(other.exchange))
		.map((run) => ({
			run,
			seconds: run.pixels / run.pixels_per_second,
			originalSeconds: ORIGINAL.find(({ side }) => side * side === run.cells)?.seconds ?? null,
		}));
}

/** The sizes that the original service was measured with and that nobody ran here yet. */
export function missingSides(results: Result[]): number[] {
	const cells = new Set(results.map(({ run }) => run.cells));
	return ORIGINAL.map(({ side }) => side).filter((side) => !cells.has(side * side));
}
