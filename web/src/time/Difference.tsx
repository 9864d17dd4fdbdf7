import { Crosshair, Download } from 'lucide-react';
import { useCanvasState } from '../canvas/store';
import { type DiffPage, type RectBody, usePixlog } from '../client';
import { Button } from '../ui/Button';
import { ErrorText } from '../ui/ErrorText';
import { counted } from '../ui/words';
import { useShowPlace } from '../view/showPlace';
import styles from './ComparePanel.module.css';
import type { Compared } from './comparing';
import dialog from './dialogs.module.css';
import { downloadLink } from './downloads';
import { useDifference } from './useDifference';

/** How many pixels differ, where, and which. */
export function Difference({ compared }: { compared: Compared }) {
	const { data, error, refetch, hasNextPage, fetchNextPage, isFetching } = useDifference(compared);
	const first = data?.pages[0];
	if (error) return <ErrorText error={error} retry={refetch} />;
	if (!first) return <p aria-busy="true">Counting …</p>;
	const changed = first.changed ?? 0;
	const pixels = data.pages.flatMap((page) => page.pixels);
	return (
		<section className={styles.difference} aria-label="Difference">
			<p role="status">
				<b>{counted(changed, 'pixel')}</b> {changed === 1 ? 'differs' : 'differ'}
				{first.bounds && `, within ${boundsInWords(first.bounds)}`}
			</p>
			{changed > 0 && (
				<>
					<Actions compared={compared} bounds={first.bounds ?? null} />
					<ul className={styles.pixels} aria-label="Pixels that differ">
						{pixels.map((pixel) => (
							<li key={`${pixel[0]},${pixel[1]}`}>
								<ChangedPixel pixel={pixel} />
							</li>
						))}
					</ul>
					{hasNextPage && (
						<Button disabled={isFetching} onClick={() => fetchNextPage()}>
							More
						</Button>
					)}
				</>
			)}
		</section>
	);
}

function Actions({ compared, bounds }: { compared: Compared; bounds: RectBody | null }) {
	const show = useShowPlace();
	const pixlog = usePixlog();
	const canvas = useCanvasState((state) => state.canvas);
	const { before, after } = compared;
	const { path, file } = downloadLink({ what: 'changes', from: before, to: after }, canvas);
	return (
		<div className={styles.choices}>
			{bounds && (
				<Button onClick={() => show(bounds)}>
					<Crosshair /> Show where
				</Button>
			)}
			<a className={dialog.link} href={`${pixlog.baseUrl}${path}`} download={file}>
				<Download /> Download
			</a>
		</div>
	);
}

function ChangedPixel({ pixel: [x, y, before, after] }: { pixel: DiffPage['pixels'][number] }) {
	const showPlace = useShowPlace();
	const set = useCanvasState((state) => state.set);
	const show = () => {
		set({ inspected: { x, y } });
		showPlace({ x, y, w: 1, h: 1 });
	};
	return (
		<button type="button" className={styles.pixel} onClick={show}>
			<span>
				{x}, {y}
			</span>
			<span className={styles.colour} style={{ background: before }} />
			<code>{before}</code>
			<span className={styles.colour} style={{ background: after }} />
			<code>{after}</code>
		</button>
	);
}

function boundsInWords({ x, y, w, h }: RectBody): string {
	return `${w} × ${h} at ${x}, ${y}`;
}
