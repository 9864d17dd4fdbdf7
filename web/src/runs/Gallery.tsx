import { useState } from 'react';
import { pictureUrl } from '../canvas/pictures';
import type { RunBody } from '../client';
import { Thumbnail } from '../ui/Thumbnail';
import styles from './Gallery.module.css';
import { PictureDialog } from './PictureDialog';
import { isAlive } from './useRuns';

const FIT = 160;

/** The pictures of a run at each percentage that was asked for. */
export function Gallery({ run }: { run: RunBody }) {
	const [opened, setOpened] = useState<number | null>(null);
	return (
		<section aria-labelledby="gallery">
			<h2 id="gallery" className={styles.title}>
				Pictures
			</h2>
			{run.images.length === 0 && (
				<p>{isAlive(run) ? `The first comes at ${run.granular} %.` : 'It ended before the first was due.'}</p>
			)}
			<ul className={styles.pictures}>
				{run.images.map(({ percent, version }, at) => (
					<li key={percent}>
						<button type="button" className={styles.picture} onClick={() => setOpened(at)}>
							<Thumbnail src={pictureUrl(run.canvas, version, FIT)} alt="" />
							<span className="visually-hidden">Picture at </span>
							{percent} %
						</button>
					</li>
				))}
			</ul>
			<PictureDialog run={run} at={opened} onMove={setOpened} />
		</section>
	);
}
