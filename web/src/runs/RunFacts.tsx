import type { RunBody } from '../client';
import { formatCount } from '../ui/numbers';
import { Time } from '../ui/Time';
import styles from './RunPage.module.css';

/** What the run was started with. */
export function RunFacts({ run }: { run: RunBody }) {
	return (
		<dl className={styles.facts}>
			<div>
				<dt>Canvas</dt>
				<dd>{run.canvas}</dd>
			</div>
			<div>
				<dt>Exchange</dt>
				<dd>
					{run.exchange === 'http' ? 'By requests (http)' : 'Inside the server (local)'},{' '}
					{formatCount(run.pixels_per_hop)} a hop
				</dd>
			</div>
			<div>
				<dt>Seed</dt>
				<dd>{run.seed}</dd>
			</div>
			<div>
				<dt>Started</dt>
				<dd>
					<Time at={run.started_at} exact />
				</dd>
			</div>
			{run.finished_at && (
				<div>
					<dt>Ended</dt>
					<dd>
						<Time at={run.finished_at} exact />
					</dd>
				</div>
			)}
		</dl>
	);
}
