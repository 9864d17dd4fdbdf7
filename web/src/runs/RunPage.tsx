import { canvasPath } from '../canvas/path';
import type { RunBody } from '../client';
import { LinkButton } from '../ui/Button';
import { ErrorText } from '../ui/ErrorText';
import { LiveMark } from '../ui/LiveMark';
import { PageTitle } from '../ui/PageTitle';
import { Gallery } from './Gallery';
import { RunActions } from './RunActions';
import { RunFacts } from './RunFacts';
import styles from './RunPage.module.css';
import { RunPicture } from './RunPicture';
import { RunProgress } from './RunProgress';
import { statusMeaning } from './status';
import { useRun } from './useRuns';

/** One run: its picture as it fills, how far it is, and what it left. */
export function RunPage({ id }: { id: number }) {
	const { data: run, error, refetch, connection } = useRun(id);
	return (
		<main className={styles.page} aria-busy={!run && !error}>
			<p>
				<a href="#/runs">All runs</a>
			</p>
			<div className={styles.title}>
				<PageTitle title={`Run ${id}`} />
				{connection && <LiveMark state={connection} />}
			</div>
			{error && <ErrorText error={error} retry={refetch} />}
			{run && <LoadedRun run={run} />}
		</main>
	);
}

function LoadedRun({ run }: { run: RunBody }) {
	const meaning = statusMeaning(run);
	return (
		<>
			<div className={styles.columns}>
				<RunPicture run={run} />
				<div className={styles.state}>
					<RunProgress run={run} />
					{meaning && <p data-status={run.status}>{meaning}</p>}
					<div className={styles.actions}>
						<RunActions run={run} />
						<LinkButton href={`#${canvasPath(run.canvas)}`}>Open the canvas</LinkButton>
					</div>
					<RunFacts run={run} />
				</div>
			</div>
			<Gallery run={run} />
		</>
	);
}
