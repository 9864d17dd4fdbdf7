import { canvasPath } from '../canvas/path';
import { pictureUrl } from '../canvas/pictures';
import { type Labelled, titleOf } from '../canvas/title';
import { formatCount } from '../ui/numbers';
import { Thumbnail } from '../ui/Thumbnail';
import { Time } from '../ui/Time';
import styles from './CanvasCard.module.css';
import { CanvasMenu } from './CanvasMenu';

const FIT = 256;

/** A canvas of the list. */
export function CanvasCard({ canvas }: { canvas: Labelled }) {
	const { name, width, height, version, updated_at } = canvas;
	return (
		<article className={styles.card} aria-label={titleOf(canvas)}>
			<a className={styles.open} href={`#${canvasPath(name)}`}>
				<Thumbnail src={pictureUrl(name, version, FIT)} alt="" />
				<h2>{titleOf(canvas)}</h2>
			</a>
			<div className={styles.foot}>
				<p>
					{canvas.label && <span className={styles.name}>{name}</span>}
					{width} × {height}
					<br />
					Version {formatCount(version)}
					<br />
					<Time at={updated_at} />
				</p>
				<CanvasMenu canvas={canvas} />
			</div>
		</article>
	);
}
