import { pictureUrl } from '../canvas/pictures';
import type { RunBody } from '../client';
import { ErrorText } from '../ui/ErrorText';
import { Thumbnail } from '../ui/Thumbnail';
import styles from './RunPage.module.css';
import { usePictureOf } from './usePictureOf';

const FIT = 640;

/** The picture that a run draws: as it fills, or as it was when it was complete, whatever was drawn over it later. */
export function RunPicture({ run }: { run: RunBody }) {
	const last = run.images.at(-1);
	if (run.status === 'completed' && last?.percent === 100) {
		const src = pictureUrl(run.canvas, last.version, FIT);
		return <Thumbnail className={styles.picture} src={src} alt={`Run ${run.id}, complete`} />;
	}
	return <LivePicture run={run} />;
}

function LivePicture({ run }: { run: RunBody }) {
	const { src, error, retry } = usePictureOf(run.canvas, FIT, `${run.pixels} ${run.status}`);
	return (
		<div>
			{src && <img className={styles.picture} src={src} alt={`Run ${run.id} at ${run.progression} %`} />}
			{!src && !error && <div className={styles.picture} aria-busy="true" />}
			{error && <ErrorText error={error} retry={retry} />}
		</div>
	);
}
