import { LIVE } from '../canvas/moment';
import { useCanvasState } from '../canvas/store';
import { Button } from '../ui/Button';
import { formatCount } from '../ui/numbers';
import { absoluteTime } from '../ui/Time';
import styles from './TimeBar.module.css';

interface ReadoutProps {
	version: number;
	time: string | undefined;
}

/** The shown version, when it was made, and what came after it. */
export function Readout({ version, time }: ReadoutProps) {
	const head = useCanvasState((state) => state.head);
	const isLive = useCanvasState((state) => state.moment.kind === 'live');
	const look = useCanvasState((state) => state.look);
	const newer = head - version;
	return (
		<div className={styles.readout}>
			<Button className={styles.live ?? ''} aria-pressed={isLive} onClick={() => look(LIVE)}>
				<span className={styles.dot} data-live={isLive} /> Live
			</Button>
			<p className={styles.words}>
				<span className={styles.version}>
					Version <b>{formatCount(version)}</b>
					<span className={styles.of}> of {formatCount(head)}</span>
				</span>
				<span className={styles.when}>{time ? <time dateTime={time}>{absoluteTime(time)}</time> : '…'}</span>
				{!isLive && newer > 0 && <span className={styles.newer}> · {formatCount(newer)} newer</span>}
			</p>
		</div>
	);
}
