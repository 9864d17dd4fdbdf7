import { CircleX, Radio, RefreshCw, WifiOff } from 'lucide-react';
import { useCanvasState } from '../canvas/store';
import styles from './Connection.module.css';

const SHOWN = {
	open: { icon: Radio, text: 'Live' },
	connecting: { icon: RefreshCw, text: 'Connecting…' },
	waiting: { icon: WifiOff, text: 'Offline: trying again' },
	ended: { icon: CircleX, text: 'Not followed' },
};

/** Whether changes come in as they are made. */
export function Connection() {
	const connection = useCanvasState((state) => state.connection);
	const refusal = useCanvasState((state) => state.refusal);
	const state = refusal ? 'ended' : connection;
	const { icon: Icon, text } = SHOWN[state];
	return (
		<span className={styles.connection} data-state={state} role="status" title={refusal?.message}>
			<Icon aria-hidden="true" />
			<span className={styles.words}>{text}</span>
		</span>
	);
}
