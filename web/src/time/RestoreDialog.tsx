import { useState } from 'react';
import { LIVE, versionOf } from '../canvas/moment';
import { useCanvasStore } from '../canvas/store';
import { ApiError, data, usePixlog } from '../client';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { ErrorText } from '../ui/ErrorText';
import { notify } from '../ui/notices';
import { formatCount } from '../ui/numbers';
import { counted } from '../ui/words';
import styles from './dialogs.module.css';
import { useAction } from './useAction';

/** Makes the shown image, or what of it is selected, the newest version. Refused where the head moved since it was seen. */
export function RestoreDialog({ close }: { close(): void }) {
	const pixlog = usePixlog();
	const store = useCanvasStore();
	const [{ canvas, moment, head: headAtOpening, selection }] = useState(store.getState);
	const [seenHead, setSeenHead] = useState(headAtOpening);
	const [isSelectionOnly, setSelectionOnly] = useState(false);
	const { isBusy, error, run } = useAction();
	const version = versionOf(moment, headAtOpening);
	const hasMoved = error instanceof ApiError && error.status === 412;

	const restore = () =>
		run(async () => {
			const written = await data(
				pixlog.api.POST('/api/v1/canvases/{name}/restore', {
					params: { path: { name: canvas.name }, header: { 'If-Match': `"${seenHead}"` } },
					body: { version, ...(isSelectionOnly && selection ? { region: selection } : {}) },
				}),
			).catch((cause: unknown) => {
				if (cause instanceof ApiError && cause.problem.current_version !== undefined) {
					setSeenHead(cause.problem.current_version);
					store.getState().reach(cause.problem.current_version);
				}
				throw cause;
			});
			store.getState().reach(written.version);
			store.getState().look(LIVE);
			notify(
				'done',
				written.changed === 0
					? `The newest version is as version ${formatCount(version)} already`
					: `Restored version ${formatCount(version)}: ${counted(written.changed, 'cell')} changed`,
			);
			close();
		});
	return (
		<Dialog open onOpenChange={close} title={`Restore version ${formatCount(version)}?`}>
			<div className={styles.form}>
				<p>
					It becomes the newest version, for everybody. What came after it, {counted(seenHead - version, 'version')},
					stays in the history and can be restored in the same way.
				</p>
				{selection && (
					<label className={styles.check}>
						<input
							type="checkbox"
							checked={isSelectionOnly}
							onChange={(event) => setSelectionOnly(event.target.checked)}
						/>
						Only the selected area, {selection.w} × {selection.h} at {selection.x}, {selection.y}
					</label>
				)}
				{error && <ErrorText error={hasMoved ? movedTo(seenHead) : error} />}
				<div className={styles.buttons}>
					<Button onClick={close}>Cancel</Button>
					<Button kind="primary" disabled={isBusy} onClick={restore}>
						{hasMoved ? 'Restore all the same' : error ? 'Try again' : 'Restore'}
					</Button>
				</div>
			</div>
		</Dialog>
	);
}

function movedTo(head: number): string {
	return `Somebody wrote in the meantime: the newest version is ${formatCount(head)} now. Nothing was restored.`;
}
