import type { Point } from '../canvas/geometry';
import { useCanvasState } from '../canvas/store';
import { CellForm } from './CellForm';
import { CellHistory } from './CellHistory';
import { CellNow } from './CellNow';
import styles from './PixelPanel.module.css';
import { useCellChanges } from './useCell';
import { useMark } from './useMark';

/** One cell: its colour, who gave it, and all that it was before. */
export function PixelPanel() {
	const inspected = useCanvasState((state) => state.inspected);
	return (
		<section className={styles.panel} aria-label="Pixel">
			<CellForm inspected={inspected} />
			{inspected ? (
				<Cell cell={inspected} />
			) : (
				<p className={styles.empty}>
					Choose a pixel in the picture, or type where it is, to see who set it and all that it was before.
				</p>
			)}
		</section>
	);
}

function Cell({ cell }: { cell: Point }) {
	useCellChanges(cell);
	useMark('inspected', { ...cell, w: 1, h: 1 });
	return (
		<>
			<CellNow cell={cell} />
			<CellHistory cell={cell} />
		</>
	);
}
