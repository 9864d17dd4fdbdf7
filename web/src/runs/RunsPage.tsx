import { EmptyState } from '../ui/EmptyState';
import { ErrorText } from '../ui/ErrorText';
import { LiveMark } from '../ui/LiveMark';
import { LoadMore } from '../ui/LoadMore';
import { PageTitle } from '../ui/PageTitle';
import { Results } from './Results';
import { RunForm } from './RunForm';
import { RunList } from './RunList';
import { RunPage } from './RunPage';
import styles from './RunsPage.module.css';
import { useRuns } from './useRuns';

/** All runs, or the one that is named. */
export function RunsPage({ run }: { run: number | null }) {
	return run === null ? <AllRuns /> : <RunPage id={run} />;
}

function AllRuns() {
	const runs = useRuns();
	const { items, error, retry, hasMore, isLoading, loadMore, connection } = runs;
	return (
		<main className={styles.page}>
			<PageTitle title="Runs" />
			<p className={styles.about}>
				A run fills a white canvas by itself: two endpoints of the server, ping and pong, hand the picture to each
				other, and each adds pixels at random places, in colours that are not there yet. It goes on when this page is
				closed.
			</p>
			<div className={styles.columns}>
				<RunForm />
				<section aria-labelledby="all-runs" className={styles.list}>
					<header>
						<h2 id="all-runs">All runs</h2>
						{connection && <LiveMark state={connection} />}
					</header>
					{error && <ErrorText error={error} retry={retry} />}
					{items?.length === 0 && <EmptyState title="None yet">Start one, and watch it here.</EmptyState>}
					<div className={styles.scroll}>
						{items && <RunList runs={items} />}
						{hasMore && <LoadMore isLoading={isLoading} load={loadMore} />}
					</div>
				</section>
			</div>
			{items && <Results runs={items} />}
		</main>
	);
}
