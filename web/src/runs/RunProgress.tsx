import type { RunBody } from '../client';
import { formatCount, formatRate, formatSeconds } from '../ui/numbers';
import { Progress } from '../ui/Progress';
import styles from './RunPage.module.css';
import { statusWord } from './status';

/** How far a run is, how fast, and how long it will take. */
export function RunProgress({ run }: { run: RunBody }) {
	const { progression, pixels, cells, pixels_per_second, eta_seconds } = run;
	const rate = `${formatRate(pixels_per_second)} pixels a second`;
	const left = typeof eta_seconds === 'number' ? `, ${formatSeconds(eta_seconds)} left` : '';
	return (
		<div className={styles.progress}>
			<p>
				<b data-status={run.status}>{statusWord(run)}</b> <span>{progression} %</span>
			</p>
			<Progress label="Progress of the run" value={progression} text={`${progression} %, ${rate}${left}`} />
			<p>
				{formatCount(pixels)} of {formatCount(cells)} pixels
			</p>
			<p>
				{rate}
				{left}
			</p>
		</div>
	);
}
