import { MoveHorizontal } from 'lucide-react';
import { type KeyboardEvent, type PointerEvent, useState } from 'react';
import styles from './CompareView.module.css';

interface DividerProps {
	/** The share of the width that shows what was before. */
	split: number;
	onChange(split: number): void;
}

/** The line between before and after. */
export function Divider({ split, onChange }: DividerProps) {
	const [isDragged, setDragged] = useState(false);
	const drag = (event: PointerEvent<HTMLDivElement>) => {
		const { left = 0, width = 1 } = event.currentTarget.parentElement?.getBoundingClientRect() ?? {};
		onChange(clamp((event.clientX - left) / width));
	};
	const press = (event: KeyboardEvent) => {
		const next = splitAfterKey(event.key, split);
		if (next === null) return;
		event.preventDefault();
		onChange(next);
	};
	return (
		<div
			className={styles.divider}
			style={{ left: `${100 * split}%` }}
			role="slider"
			tabIndex={0}
			aria-label="Divider between before and after"
			aria-valuemin={0}
			aria-valuemax={100}
			aria-valuenow={Math.round(100 * split)}
			aria-valuetext={`${Math.round(100 * split)} % before`}
			onKeyDown={press}
			onPointerDown={(event) => {
				event.currentTarget.setPointerCapture(event.pointerId);
				setDragged(true);
			}}
			onPointerMove={(event) => isDragged && drag(event)}
			onPointerUp={() => setDragged(false)}
			onPointerCancel={() => setDragged(false)}
		>
			<MoveHorizontal className={styles.grip} aria-hidden="true" />
		</div>
	);
}

/** Where a key leads; `null` for keys that do not move it. */
export function splitAfterKey(key: string, split: number): number | null {
	const steps: Record<string, number> = {
		ArrowLeft: split - 0.02,
		ArrowDown: split - 0.02,
		ArrowRight: split + 0.02,
		ArrowUp: split + 0.02,
		PageDown: split - 0.1,
		PageUp: split + 0.1,
		Home: 0,
		End: 1,
	};
	const next = steps[key];
	return next === undefined ? null : clamp(next);
}

function clamp(split: number): number {
	return Math.min(1, Math.max(0, split));
}
