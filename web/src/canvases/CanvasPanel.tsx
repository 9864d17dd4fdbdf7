import { Download, GitFork, Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useHashLocation } from 'wouter/use-hash-location';
import { versionOf } from '../canvas/moment';
import { useCanvasState, useCanvasStore } from '../canvas/store';
import { Button, LinkButton } from '../ui/Button';
import { CanvasDialogs, type CanvasTask } from './CanvasDialogs';
import styles from './CanvasPanel.module.css';
import { exportUrl } from './change';
import { Facts } from './Facts';
import { ShareLink } from './ShareLink';
import { Tags } from './Tags';

/** The canvas as a whole. */
export function CanvasPanel() {
	return (
		<div className={styles.panel}>
			<Facts />
			<CanvasActions />
			<ShareLink />
			<Tags />
		</div>
	);
}

function CanvasActions() {
	const store = useCanvasStore();
	const canvas = useCanvasState((state) => state.canvas);
	const version = useCanvasState((state) => versionOf(state.moment, state.head));
	const head = useCanvasState((state) => state.head);
	const [task, setTask] = useState<CanvasTask | null>(null);
	const [, navigate] = useHashLocation();
	return (
		<section aria-label="Actions" className={styles.actions}>
			<Button onClick={() => setTask('rename')}>
				<Pencil aria-hidden="true" /> Label…
			</Button>
			<LinkButton href={exportUrl(canvas.name)} download={`${canvas.name}.pixlog`}>
				<Download aria-hidden="true" /> Export
			</LinkButton>
			<Button onClick={() => setTask('fork')}>
				<GitFork aria-hidden="true" /> Fork…
			</Button>
			<Button kind="danger" onClick={() => setTask('delete')}>
				<Trash2 aria-hidden="true" /> Delete…
			</Button>
			<CanvasDialogs
				canvas={task === 'delete' ? { ...canvas, version: head } : canvas}
				version={version}
				task={task}
				close={() => setTask(null)}
				onChange={(changed) => store.setState({ canvas: changed })}
				onDelete={() => navigate('/')}
			/>
		</section>
	);
}
