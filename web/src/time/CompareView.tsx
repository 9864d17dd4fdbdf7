import { X } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Comparison } from '../canvas/comparison';
import { useCanvasState } from '../canvas/store';
import { Button } from '../ui/Button';
import { formatCount } from '../ui/numbers';
import { Viewport } from '../view/Viewport';
import { ChangesLayer } from './ChangesLayer';
import styles from './CompareView.module.css';
import { comparedOf, useCompared } from './comparing';
import { Divider } from './Divider';

/** Two moments in place of one, as far as they are compared. */
export function CompareView() {
	const comparison = useCanvasState((state) => state.comparison);
	if (!comparison) return null;
	return comparison.mode === 'changes' ? <Changes {...comparison} /> : <TwoPictures {...comparison} />;
}

function Changes({ after }: Comparison) {
	const look = useCanvasState((state) => state.look);
	const compared = useCompared();
	// The layer belongs to the picture of the time bar, which then has to show what it is about.
	useEffect(() => {
		if (after) look(after);
	}, [after, look]);
	return (
		<>
			{compared && <ChangesLayer compared={compared} />}
			<Stop />
		</>
	);
}

function TwoPictures({ before, after, mode }: Comparison) {
	const moment = useCanvasState((state) => state.moment);
	const beforeVersion = useCanvasState((state) => comparedOf(state)?.before ?? 0);
	const afterVersion = useCanvasState((state) => comparedOf(state)?.after ?? 0);
	const [split, setSplit] = useState(0.5);
	const isSwipe = mode === 'swipe';
	const beforeLabel = `Before: version ${formatCount(beforeVersion)}`;
	const afterLabel = `After: version ${formatCount(afterVersion)}`;
	return (
		<div className={styles.compare} data-mode={mode}>
			<div className={styles.side} style={isSwipe ? { clipPath: `inset(0 ${100 - 100 * split}% 0 0)` } : undefined}>
				<Viewport moment={before} label={beforeLabel} />
				<p className={styles.label}>{beforeLabel}</p>
			</div>
			<div className={styles.side} style={isSwipe ? { clipPath: `inset(0 0 0 ${100 * split}%)` } : undefined}>
				<Viewport moment={after ?? moment} label={afterLabel} />
				<p className={styles.label} data-side="after">
					{afterLabel}
				</p>
			</div>
			{isSwipe && <Divider split={split} onChange={setSplit} />}
			<Stop />
		</div>
	);
}

function Stop() {
	const set = useCanvasState((state) => state.set);
	return (
		<Button className={styles.stop ?? ''} onClick={() => set({ comparison: null })}>
			<X /> Stop comparing
		</Button>
	);
}
