import { type FormEvent, useState } from 'react';
import type { Point } from '../canvas/geometry';
import { useCanvasState } from '../canvas/store';
import { Button } from '../ui/Button';
import { NumberField } from '../ui/NumberField';
import { useShowPlace } from '../view/showPlace';
import styles from './PixelPanel.module.css';

/** Chooses a cell without a pointer. */
export function CellForm({ inspected }: { inspected: Point | null }) {
	const show = useShowPlace();
	const { width, height } = useCanvasState((state) => state.canvas);
	const set = useCanvasState((state) => state.set);
	const [seen, setSeen] = useState(inspected);
	const [{ x, y }, setTyped] = useState(inspected ?? { x: 0, y: 0 });
	// What is chosen elsewhere takes the place of what was typed.
	if (seen !== inspected) {
		setSeen(inspected);
		if (inspected) setTyped(inspected);
	}
	const isInside = isCell(x, width) && isCell(y, height);
	const choose = (event: FormEvent) => {
		event.preventDefault();
		if (!isInside) return;
		set({ inspected: { x, y } });
		show({ x, y, w: 1, h: 1 });
	};
	return (
		<form className={styles.form} onSubmit={choose} aria-label="Choose a pixel">
			<NumberField label="x" value={x} min={0} max={width - 1} onChange={(next) => setTyped({ x: next, y })} />
			<NumberField label="y" value={y} min={0} max={height - 1} onChange={(next) => setTyped({ x, y: next })} />
			<Button type="submit" disabled={!isInside}>
				Show
			</Button>
		</form>
	);
}

function isCell(value: number, side: number): boolean {
	return Number.isInteger(value) && value >= 0 && value < side;
}
