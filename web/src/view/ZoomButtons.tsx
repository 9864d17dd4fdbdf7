import { Maximize, Minus, Plus } from 'lucide-react';
import { IconButton } from '../ui/Button';
import type { ViewEngine } from './engine';
import { ZOOM_STEP } from './useViewShortcuts';
import styles from './ZoomButtons.module.css';

export function ZoomButtons({ engine }: { engine: ViewEngine }) {
	return (
		// biome-ignore lint/a11y/useSemanticElements: a fieldset is for the fields of a form.
		<div className={styles.buttons} role="group" aria-label="Zoom">
			<IconButton label="Zoom out" keys="-" onClick={() => engine.zoomBy(1 / ZOOM_STEP)}>
				<Minus />
			</IconButton>
			<IconButton label="Zoom in" keys="+" onClick={() => engine.zoomBy(ZOOM_STEP)}>
				<Plus />
			</IconButton>
			<IconButton label="Show the whole" keys="0" onClick={() => engine.fit()}>
				<Maximize />
			</IconButton>
			<IconButton label="Actual size, 1:1" keys="1" onClick={() => engine.pilot.actualSize()}>
				<span className={styles.words}>1:1</span>
			</IconButton>
		</div>
	);
}
