import type { RunBody } from '../client';
import { formatCount, formatRate, formatSeconds } from '../ui/numbers';
import styles from './Results.module.css';
import { type Result, resultsOf, secondsOf } from './results';

/** How long runs took, beside the original service. */
export function Results({ runs }: { runs: RunBody[] }) {
	const results = resultsOf(runs);
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
							<th scope="col">Cells</th>
							<th scope="col">Time</th>
							<th scope="col">Original</th>
							<th scope="col">Pixels a second</th>
							<th scope="col">Pixels a hop</th>
							<th scope="col">Exchange</th>
						</tr>
					</thead>
					<tbody>
						{results.map((result) => (
							<ResultRow key={result.run?.id ?? -result.cells} result={result} />
						))}
					</tbody>
				</table>
			</section>
		</section>
	);
}

function ResultRow({ result }: { result: Result }) {
	const { cells, run, side } = result;
	const size = side === null ? formatCount(cells) : `${formatCount(cells)} (${side}²)`;
	if (!run) {
		return (
			<tr className={styles.missing}>
				<th scope="row">{size}</th>
				<td>Not run yet</td>
				<td>{originalTime(result)}</td>
				<td colSpan={3} />
			</tr>
		);
	}
	return (
		<tr>
			<th scope="row">
				<a href={`#/runs/${run.id}`}>{size}</a>
			</th>
			<td>{formatSeconds(secondsOf(run))}</td>
			<td>{originalTime(result)}</td>
			<td>{formatRate(run.pixels_per_second)}</td>
			<td>{formatCount(run.pixels_per_hop)}</td>
			<td>{run.exchange}</td>
		</tr>
	);
}

function originalTime({ side, originalSeconds }: Result): string {
	if (side === null) return 'Not measured';
	return originalSeconds === null ? 'Ran out of memory' : formatSeconds(originalSeconds);
}
