import { Button } from '../ui/Button';
import type { ViewEngine } from './engine';
import styles from './LoadNotice.module.css';
import { usePainted } from './usePainted';

/** Says that the picture is not what it should be: tiles are still to come, or did not come. */
export function LoadNotice({ engine }: { engine: ViewEngine }) {
	const failure = usePainted(engine, ({ pyramid }) => pyramid.failure()?.message ?? null);
	const isLoading = usePainted(engine, ({ pyramid }) => pyramid.isLoading());
	return (
		<div className={styles.place} role="status">
			{failure !== null && (
				<div className={styles.failure}>
					<p>Part of the picture did not load. {failure}</p>
					<Button onClick={() => engine.pyramid.retry()}>Try again</Button>
				</div>
			)}
			{failure === null && isLoading && <p className={styles.loading}>Loading…</p>}
		</div>
	);
}
