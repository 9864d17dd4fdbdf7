import { ChevronLeft, ChevronRight, Download } from 'lucide-react';
import { useEffect } from 'react';
import { canvasPath } from '../canvas/path';
import { fullPictureUrl, pictureUrl } from '../canvas/pictures';
import type { RunBody } from '../client';
import { IconButton, LinkButton } from '../ui/Button';
import { Dialog, DialogActions } from '../ui/Dialog';
import { formatCount } from '../ui/numbers';
import { Thumbnail } from '../ui/Thumbnail';
import styles from './Gallery.module.css';

const FIT = 1024;

interface PictureDialogProps {
	run: RunBody;
	/** Which of its pictures; `null`: none. */
	at: number | null;
	onMove(at: number | null): void;
}

/** A picture of a run, large, with its neighbours by the arrow keys. */
export function PictureDialog({ run, at, onMove }: PictureDialogProps) {
	const image = at === null ? undefined : run.images[at];
	const step = (by: number) => {
		if (at !== null && run.images[at + by]) onMove(at + by);
	};
	useArrowKeys(step);
	if (at === null || !image) return null;
	const { percent, version } = image;
	return (
		<Dialog
			open
			wide
			onOpenChange={() => onMove(null)}
			title={`${run.canvas} at ${percent} %`}
			description={`Version ${formatCount(version)}`}
		>
			<Thumbnail
				className={styles.large}
				src={pictureUrl(run.canvas, version, FIT)}
				alt={`${run.canvas} at ${percent} %`}
			/>
			<DialogActions>
				<span className={styles.steps}>
					<IconButton label="The one before" keys="←" disabled={at === 0} onClick={() => step(-1)}>
						<ChevronLeft />
					</IconButton>
					<IconButton label="The one after" keys="→" disabled={at === run.images.length - 1} onClick={() => step(1)}>
						<ChevronRight />
					</IconButton>
				</span>
				<LinkButton href={fullPictureUrl(run.canvas, version)} download={`${run.canvas}-${percent}.png`}>
					<Download aria-hidden="true" /> Download
				</LinkButton>
				<LinkButton kind="primary" href={`#${canvasPath(run.canvas, version)}`}>
					Open at this version
				</LinkButton>
			</DialogActions>
		</Dialog>
	);
}

/** Wherever the focus is in the dialog. */
function useArrowKeys(step: (by: number) => void): void {
	useEffect(() => {
		const press = ({ key }: KeyboardEvent) => {
			if (key === 'ArrowLeft') step(-1);
			if (key === 'ArrowRight') step(1);
		};
		addEventListener('keydown', press);
		return () => removeEventListener('keydown', press);
	}, [step]);
}
