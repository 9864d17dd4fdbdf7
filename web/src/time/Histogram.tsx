import { memo } from 'react';
import type { Bar } from './activity';
import styles from './VersionSlider.module.css';

/** Units of the picture's width; fine enough for any screen. */
const WIDTH = 10_000;

function outline(bars: Bar[], head: number): string {
	const place = (version: number) => Math.round((WIDTH * version) / Math.max(1, head));
	return bars.map(({ from, to, height }) => `M${place(from)} 1V${(1 - height).toFixed(3)}H${place(to)}V1`).join('');
}

/** How busy the canvas was along its log. What came after it was read is left blank. */
export const Histogram = memo(function Histogram({ bars, head }: { bars: Bar[]; head: number }) {
	return (
		<svg className={styles.histogram} viewBox={`0 0 ${WIDTH} 1`} preserveAspectRatio="none" aria-hidden="true">
			<path d={outline(bars, head)} />
		</svg>
	);
});
