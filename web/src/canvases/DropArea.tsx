import { useEffect, useState } from 'react';
import { createPortal } from 'react-dom';
import styles from './DropArea.module.css';

/** Takes files that are dropped anywhere on the page, and says so while they hover over it. */
export function DropArea({ onFiles }: { onFiles(files: File[]): void }) {
	const [isOver, setOver] = useState(false);
	useEffect(() => {
		// Each element that is entered tells so before the one before it is left.
		let depth = 0;
		const enter = (event: DragEvent) => {
			if (!hasFiles(event)) return;
			depth += 1;
			setOver(true);
		};
		const leave = () => {
			depth = Math.max(0, depth - 1);
			if (depth === 0) setOver(false);
		};
		const over = (event: DragEvent) => {
			if (hasFiles(event)) event.preventDefault();
		};
		const drop = (event: DragEvent) => {
			if (!hasFiles(event)) return;
			event.preventDefault();
			depth = 0;
			setOver(false);
			onFiles([...(event.dataTransfer?.files ?? [])]);
		};
		const stop = new AbortController();
		const { signal } = stop;
		addEventListener('dragenter', enter, { signal });
		addEventListener('dragleave', leave, { signal });
		addEventListener('dragover', over, { signal });
		addEventListener('drop', drop, { signal });
		return () => stop.abort();
	}, [onFiles]);
	if (!isOver) return null;
	return createPortal(
		<div className={styles.over}>
			<p>Drop pictures or .pixlog exports: each becomes a canvas</p>
		</div>,
		document.body,
	);
}

function hasFiles(event: DragEvent): boolean {
	return event.dataTransfer?.types.includes('Files') ?? false;
}
