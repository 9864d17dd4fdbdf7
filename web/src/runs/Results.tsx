import type { RunBody } from '../client';
import { formatCount, formatRate, formatSeconds } from '../ui/numbers';
import { ORIGINAL } from './original';
import styles from './Results.module.css';
import { missingSides, type Result, resultsOf } from './results';

/** How long runs took, beside the original service. */
export function Results({ runs }: { runs: RunBody[] }) {
	const results = resultsOf(runs);
	const missing = missingSides(results);
	return (
		<section aria-labelledby="results" className={styles.results}>
			<h2 id="results">Results so far</h2>
			<p>
				The newest complete run of each kind beside what the original service took. Time is what the run worked, without
				pauses.
			</p>
			{/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys. */}
			<section className={styles.scroll} tabIndex={0} aria-label="Table of results">
				<table>
					<thead>
						<tr>
							<th>Cells</th>
							<th>Exchange</th>
							<th>Pixels a hop</th>
							<th>Time</th>
							<th>Pixels a second</th>
							<th>Original</th>
						</tr>
					</thead>
					<tbody>
						{results.map((result) => (
							<ResultRow key={result.run.id} result={result} />
						))}
						{missing.map((side) => (
							<MissingRow key={side} side={side} />
						))}
					</tbody>
				</table>
			</section>
		</section>
	);
}

function ResultRow({ result: { run, seconds, originalSeconds } }: { result: Result }) {
	const side = ORIGINAL.find((one) => one.side * one.side === run.cells)?.side;
	return (
		<tr>
			<th scope="row">
				<a href={`#/runs/${run.id}`}>{side ? `${side} × ${side}` : formatCount(run.cells)}</a>
			</th>
			<td>{run.exchange}</td>
			<td>{formatCount(run.pixels_per_hop)}</td>
			<td>{formatSeconds(seconds)}</td>
			<td>{formatRate(run.pixels_per_second)}</td>
			<td>{originalTime(side, originalSeconds)}</td>
		</tr>
	);
}

function MissingRow({ side }: { side: number }) {
	const seconds = ORIGINAL.find((one) => one.side === side)?.seconds ?? null;
	return (
		<tr className={styles.missing}>
			<th scope="row">
				{side} × {side}
			</th>
			<td colSpan={4}>Not run yet</td>
			<td>{originalTime(side, seconds)}</td>
		</tr>
	);
}

function originalTime(side: number | undefined, seconds: number | null): string {
	if (side === undefined) return '–';
	return seconds === null ? 'Ran out of memory' : formatSeconds(seconds);
}
