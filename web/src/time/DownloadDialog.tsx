import { Download } from 'lucide-react';
import { useState } from 'react';
import { versionOf } from '../canvas/moment';
import { useCanvasStore } from '../canvas/store';
import { usePixlog } from '../client';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { ErrorText } from '../ui/ErrorText';
import { Field } from '../ui/Field';
import { NumberField } from '../ui/NumberField';
import { formatCount } from '../ui/numbers';
import styles from './dialogs.module.css';
import { downloadLink, FPS_MAX, FRAMES_MAX, largestScale, SIDE_MAX, usualScale, type Wish, whyNot } from './downloads';

const KINDS: { what: Wish['what']; label: string }[] = [
	{ what: 'picture', label: 'Picture (PNG)' },
	{ what: 'gif', label: 'Time-lapse (GIF)' },
	{ what: 'apng', label: 'Time-lapse (animated PNG)' },
	{ what: 'changes', label: 'Changed pixels (PNG)' },
];

/** A picture of the shown moment, or of how it came about, as a file. */
export function DownloadDialog({ close }: { close(): void }) {
	const pixlog = usePixlog();
	const [{ canvas, moment, head }] = useState(useCanvasStore().getState);
	const version = versionOf(moment, head);
	const [what, setWhat] = useState<Wish['what']>('picture');
	const [scale, setScale] = useState(usualScale(canvas));
	const [from, setFrom] = useState(0);
	const [to, setTo] = useState(version);
	const [frames, setFrames] = useState(100);
	const [fps, setFps] = useState(25);
	const longest = Math.max(canvas.width, canvas.height);
	const [size, setSize] = useState(Math.min(512, longest));

	const range = { from, to };
	const wish: Wish =
		what === 'picture'
			? { what, version, scale }
			: what === 'changes'
				? { what, ...range }
				: { what, ...range, frames, fps, size };
	const problem = whyNot(wish, canvas);
	const { path, file } = downloadLink(wish, canvas);
	const fpsMax = what === 'gif' ? FPS_MAX.gif : FPS_MAX.png;
	return (
		<Dialog open onOpenChange={close} title="Download">
			<div className={styles.form}>
				<Field label="What">
					{(control) => (
						<select {...control} value={what} onChange={(event) => setWhat(event.target.value as Wish['what'])}>
							{KINDS.map((kind) => (
								<option key={kind.what} value={kind.what}>
									{kind.label}
								</option>
							))}
						</select>
					)}
				</Field>
				{what === 'picture' ? (
					<>
						<NumberField label="Pixels a cell" value={scale} min={1} max={largestScale(canvas)} onChange={setScale} />
						<p className={styles.note}>
							Version {formatCount(version)}, {formatCount(canvas.width * scale)} × {formatCount(canvas.height * scale)}{' '}
							pixels
						</p>
					</>
				) : (
					<div className={styles.line}>
						<NumberField label="From version" value={from} min={0} max={head} onChange={setFrom} />
						<NumberField label="To version" value={to} min={0} max={head} onChange={setTo} />
					</div>
				)}
				{(what === 'gif' || what === 'apng') && (
					<>
						<div className={styles.line}>
							<NumberField label="Frames" value={frames} min={1} max={FRAMES_MAX} onChange={setFrames} />
							<NumberField label="Frames a second" value={fps} min={1} max={fpsMax} onChange={setFps} />
							<NumberField label="Longest side" value={size} min={1} max={SIDE_MAX} onChange={setSize} />
						</div>
						<p className={styles.note}>
							{(Math.min(frames, Math.max(1, to - from + 1)) / Math.max(1, fps)).toFixed(1)} seconds. Pictures are not
							enlarged.
						</p>
					</>
				)}
				{problem && <ErrorText error={problem} />}
				<div className={styles.buttons}>
					<Button onClick={close}>Close</Button>
					{problem ? (
						<Button kind="primary" disabled>
							<Download /> Download
						</Button>
					) : (
						<a className={styles.link} href={`${pixlog.baseUrl}${path}`} download={file}>
							<Download /> Download
						</a>
					)}
				</div>
			</div>
		</Dialog>
	);
}
