import type { PointerEvent } from 'react';
import { useCanvasState } from '../canvas/store';
import type { ViewEngine } from './engine';
import styles from './Minimap.module.css';
import { useOverview } from './useOverview';
import { usePainted } from './usePainted';

/** The whole, small, with a frame around what is in sight; only where that is a part. */
export function Minimap({ engine }: { engine: ViewEngine }) {
	const canvas = useCanvasState((state) => state.canvas);
	const isWhole = usePainted(engine, () => {
		const { w, h } = engine.cellsInSight();
		return w === canvas.width && h === canvas.height;
	});
	return isWhole ? null : <Overview engine={engine} />;
}

function Overview({ engine }: { engine: ViewEngine }) {
	const { width, height } = useCanvasState((state) => state.canvas);
	const url = useOverview();
	const frame = usePainted(engine, () => Object.values(engine.cellsInSight()).join(' '));
	const [x = 0, y = 0, w = 0, h = 0] = frame.split(' ').map(Number);
	const part = (value: number, of: number) => `${(100 * value) / of}%`;

	const go = (event: PointerEvent<HTMLDivElement>) => {
		const box = event.currentTarget.getBoundingClientRect();
		const place = { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
		engine.moveTo({ ...engine.pilot.camera(), x: place.x * width, y: place.y * height });
	};
	return (
		// For the pointer alone: keys move the view itself.
		<div
			className={styles.map}
			data-testid="minimap"
			aria-hidden="true"
			style={{ width: `calc(var(--side) * ${Math.min(1, width / height)})`, aspectRatio: `${width} / ${height}` }}
			onPointerDown={(event) => {
				event.currentTarget.setPointerCapture(event.pointerId);
				go(event);
			}}
			onPointerMove={(event) => event.currentTarget.hasPointerCapture(event.pointerId) && go(event)}
		>
			{url && <img src={url} alt="" draggable={false} />}
			<div
				className={styles.frame}
				style={{ left: part(x, width), top: part(y, height), width: part(w, width), height: part(h, height) }}
			/>
		</div>
	);
}
