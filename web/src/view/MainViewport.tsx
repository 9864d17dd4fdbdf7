import type { ViewEngine } from './engine';
import { LoadNotice } from './LoadNotice';
import styles from './MainViewport.module.css';
import { Minimap } from './Minimap';
import { Picture } from './Picture';
import { StatusLine } from './StatusLine';
import { useViewShortcuts } from './useViewShortcuts';
import { ZoomButtons } from './ZoomButtons';

const INSTRUCTIONS =
	'The arrow keys move a cursor from cell to cell, with Shift by ten. Space draws with the chosen tool, also while it is held and the arrows move; Enter starts and ends a stroke; without a tool both choose the cell. Plus and minus zoom, 0 shows the whole.';

/** The main picture of a page, and what moves it. */
export function MainViewport({ engine }: { engine: ViewEngine }) {
	useViewShortcuts(engine);
	return (
		<>
			<Picture engine={engine} label="Picture" instructions={INSTRUCTIONS} />
			<LoadNotice engine={engine} />
			<div className={styles.corner}>
				<Minimap engine={engine} />
				<ZoomButtons engine={engine} />
			</div>
			<StatusLine engine={engine} />
		</>
	);
}
