import { useCanvasState } from '../canvas/store';
import type { ViewEngine } from './engine';
import styles from './StatusLine.module.css';
import { usePainted } from './usePainted';

/** Where the pointer or the cell cursor is, what colour is there, and how large cells are shown. */
export function StatusLine({ engine }: { engine: ViewEngine }) {
	const hover = useCanvasState((state) => state.hover);
	const zoom = usePainted(engine, ({ pilot }) => pilot.camera().zoom);
	const color = usePainted(engine, () => (hover ? engine.colorAt(hover) : null));
	const isCursor = usePainted(engine, ({ cursor }) => cursor.cell !== null);
	return (
		<div className={styles.line}>
			{hover && (
				<>
					<span className={styles.place}>
						{hover.x}, {hover.y}
					</span>
					{color && (
						<span className={styles.color}>
							<span className={styles.swatch}>
								<span style={{ background: color }} />
							</span>
							{color}
						</span>
					)}
				</>
			)}
			<span>{percent(zoom)}</span>
			{/* The pointer's way would be too much to hear; each step of the cursor is not. */}
			<span className="visually-hidden" aria-live="polite">
				{isCursor && hover && `Column ${hover.x}, row ${hover.y}${color ? `, ${color}` : ''}`}
			</span>
		</div>
	);
}

/** At 100 %, a cell is one CSS pixel. */
function percent(zoom: number): string {
	const value = zoom * 100;
	return `${value < 10 ? value.toFixed(1) : Math.round(value)} %`;
}
