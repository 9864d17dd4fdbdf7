import { useEffect } from 'react';
import type { Point } from '../canvas/geometry';
import { useCanvasState } from '../canvas/store';
import type { EntryBody } from '../client';
import { Button } from '../ui/Button';
import { ErrorText } from '../ui/ErrorText';
import { formatCount } from '../ui/numbers';
import { Time } from '../ui/Time';
import { counted } from '../ui/words';
import { whoOf } from './entries';
import styles from './PixelPanel.module.css';
import { Swatch } from './Swatch';
import { useCell, useCellHistory } from './useCell';

/** All that a cell was, newest first; each leads to its moment. */
export function CellHistory({ cell }: { cell: Point }) {
	const { data, error, refetch, hasNextPage, fetchNextPage, isFetching } = useCellHistory(cell);
	const isLastEmpty = data?.pages.at(-1)?.entries.length === 0;
	// An empty page says only that nothing was found so far.
	useEffect(() => {
		if (isLastEmpty && hasNextPage && !isFetching && !error) void fetchNextPage();
	}, [isLastEmpty, hasNextPage, isFetching, error, fetchNextPage]);
	const entries = data?.pages.flatMap((page) => page.entries) ?? [];
	return (
		<div className={styles.history}>
			<h2>{hasNextPage || !data ? 'All that it was' : counted(entries.length, 'change')}</h2>
			<ol className={styles.entries}>
				{entries.map((entry) => (
					<li key={entry.version}>
						<Change cell={cell} entry={entry} />
					</li>
				))}
			</ol>
			{error && <ErrorText error={error} retry={refetch} />}
			{isFetching && <p className={styles.note}>Looking …</p>}
			{hasNextPage && !isFetching && <Button onClick={() => fetchNextPage()}>Older changes</Button>}
		</div>
	);
}

function Change({ cell, entry }: { cell: Point; entry: EntryBody }) {
	const look = useCanvasState((state) => state.look);
	const isShown = useCanvasState(({ moment }) => moment.kind === 'version' && moment.version === entry.version);
	return (
		<button
			type="button"
			className={styles.change}
			aria-current={isShown || undefined}
			onClick={() => look({ kind: 'version', version: entry.version })}
		>
			<Colour cell={cell} entry={entry} />
			<span className={styles.side}>{formatCount(entry.version)}</span>
			<span className={styles.note}>{whoOf(entry)}</span>
			<span className={styles.side}>
				<Time at={entry.time} />
			</span>
		</button>
	);
}

function Colour({ cell, entry }: { cell: Point; entry: EntryBody }) {
	return 'color' in entry ? <Swatch color={entry.color} /> : <StateColour cell={cell} version={entry.version} />;
}

/** A state says which cells it changed, not to what. */
function StateColour({ cell, version }: { cell: Point; version: number }) {
	const { data } = useCell(cell, version);
	return data ? <Swatch color={data.color} /> : <span>…</span>;
}
