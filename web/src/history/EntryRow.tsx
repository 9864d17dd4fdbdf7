import { BadgeCheck, Frame } from 'lucide-react';
import type { EntryBody } from '../client';
import { GridCell } from '../ui/grid';
import { formatCount } from '../ui/numbers';
import { Time } from '../ui/Time';
import styles from './EntryRow.module.css';
import { whatOf, whoOf } from './entries';

/** What is said of an entry in a line of a list; the cells of a row. */
export function EntryCells({ entry }: { entry: EntryBody }) {
	return (
		<>
			<Sign entry={entry} />
			<GridCell className={styles.what}>{whatOf(entry)}</GridCell>
			<GridCell className={styles.version}>{formatCount(entry.version)}</GridCell>
			<GridCell className={styles.who}>
				{whoOf(entry)}
				{entry.authenticated && <BadgeCheck role="img" aria-label="known by a token" />}
			</GridCell>
			<GridCell className={styles.when}>
				<Time at={entry.time} />
			</GridCell>
		</>
	);
}

/** The colour of a pixel, or a frame for a state. */
export function Sign({ entry }: { entry: EntryBody }) {
	if ('region' in entry) return <Frame className={styles.sign} aria-hidden="true" />;
	return <span className={styles.sign} style={{ background: entry.color }} aria-hidden="true" />;
}
