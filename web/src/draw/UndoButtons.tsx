import { Redo2, Undo2 } from 'lucide-react';
import { useStore } from 'zustand';
import { IconButton } from '../ui/Button';
import { notifyError } from '../ui/notices';
import { useShortcut } from '../ui/shortcuts';
import { useDrawing } from './DrawingContext';
import styles from './Toolbar.module.css';

export function UndoButtons() {
	const { history } = useDrawing();
	const canUndo = useStore(history.state, (steps) => steps.undo.length > 0);
	const canRedo = useStore(history.state, (steps) => steps.redo.length > 0);
	const undo = () => void history.undo().catch((error) => notifyError(error, undo));
	const redo = () => void history.redo().catch((error) => notifyError(error, redo));
	useShortcut(
		{ keys: 'ctrl+z', label: 'Undo what you drew', group: 'Drawing', run: undo },
		{ keys: 'ctrl+shift+z', label: 'Redo', group: 'Drawing', run: redo },
		{ keys: 'ctrl+y', label: 'Redo', group: 'Drawing', run: redo },
	);
	return (
		<div className={styles.group}>
			<IconButton label="Undo" keys="Ctrl Z" disabled={!canUndo} onClick={undo}>
				<Undo2 aria-hidden="true" />
			</IconButton>
			<IconButton label="Redo" keys="Ctrl Shift Z" disabled={!canRedo} onClick={redo}>
				<Redo2 aria-hidden="true" />
			</IconButton>
		</div>
	);
}
