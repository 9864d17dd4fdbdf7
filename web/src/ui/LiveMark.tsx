import { CircleX, Radio, RefreshCw, WifiOff } from 'lucide-react';
import styles from './LiveMark.module.css';

/** How a page hears of changes; `ended`: it was refused, and is not tried again. */
export type LiveState = 'open' | 'connecting' | 'waiting' | 'ended';

const SHOWN = {
	open: { icon: Radio, text: 'Live' },
	connecting: { icon: RefreshCw, text: 'Connecting…' },
	waiting: { icon: WifiOff, text: 'Offline: trying again' },
	ended: { icon: CircleX, text: 'Not followed' },
};

/** Says whether changes come in as they are made. */
export function LiveMark({ state, reason }: { state: LiveState; reason?: string | undefined }) {
	const { icon: Icon, text } = SHOWN[state];
	return (
		<span className={styles.mark} data-state={state} role="status" title={reason}>
			<Icon aria-hidden="true" />
			{text}
		</span>
	);
}
