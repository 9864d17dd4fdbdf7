import { LIVE } from '../canvas/moment';
import { useCanvasState, useCanvasStore } from '../canvas/store';
import styles from './Toolbar.module.css';

/** Nothing is drawn on the past: the way back from it. */
export function BackToNow() {
	const store = useCanvasStore();
	const moment = useCanvasState((state) => state.moment);
	if (moment.kind === 'live') return null;
	return (
		<button
			type="button"
			className={styles.past}
			title={`Version ${moment.version} is shown. What is past stays as it was: drawing is for now.`}
			onClick={() => store.getState().look(LIVE)}
		>
			Back to now to draw
		</button>
	);
}
