import type { Point } from '../canvas/geometry';
import { useCanvasState } from '../canvas/store';
import { Button } from '../ui/Button';
import { ErrorText } from '../ui/ErrorText';
import { formatCount } from '../ui/numbers';
import { Time } from '../ui/Time';
import { useSettled } from '../ui/timing';
import styles from './PixelPanel.module.css';
import { Swatch } from './Swatch';
import { useCell } from './useCell';

/** While versions fly past, no cell is asked for. */
const SETTLE_MS = 150;

/** The cell in the shown moment, and who made it so. */
export function CellNow({ cell }: { cell: Point }) {
	const shown = useCanvasState(({ moment }) => (moment.kind === 'live' ? null : moment.version));
	const look = useCanvasState((state) => state.look);
	const { data, error, refetch } = useCell(cell, useSettled(shown, SETTLE_MS));
	if (error) return <ErrorText error={error} retry={refetch} />;
	if (!data) return <p aria-busy="true">…</p>;
	const { version } = data;
	return (
		<div className={styles.now} aria-live="polite">
			<p className={styles.title}>
				<Swatch color={data.color} /> at {cell.x}, {cell.y}
			</p>
			{version && data.time ? (
				<p>
					by <b>{data.author ?? 'anonymous'}</b>, <Time at={data.time} exact />
				</p>
			) : (
				<p>Nobody has set it yet.</p>
			)}
			{version ? (
				<Button onClick={() => look({ kind: 'version', version })}>Go to version {formatCount(version)}</Button>
			) : null}
		</div>
	);
}
