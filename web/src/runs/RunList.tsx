import type { RunBody } from '../client';
import { formatCount, formatRate } from '../ui/numbers';
import { Progress } from '../ui/Progress';
import { Time } from '../ui/Time';
import styles from './RunList.module.css';
import { statusWord } from './status';
import { isAlive } from './useRuns';

/** Runs, newest first. */
export function RunList({ runs }: { runs: RunBody[] }) {
	return (
		<ul className={styles.runs}>
			{runs.map((run) => (
				<li key={run.id}>
					<a href={`#/runs/${run.id}`} className={styles.run}>
						<b>
							Run {run.id}: {run.canvas}
						</b>
						<span className={styles.status} data-status={run.status}>
							{statusWord(run)}
						</span>
						{isAlive(run) && <Progress label={`Progress of run ${run.id}`} value={run.progression} />}
						<span className={styles.more}>
							{formatCount(run.pixels)} of {formatCount(run.cells)} pixels, {formatRate(run.pixels_per_second)} a
							second, <Time at={run.started_at} />
						</span>
					</a>
				</li>
			))}
		</ul>
	);
}
