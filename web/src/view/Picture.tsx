import { useEffect, useId, useRef } from 'react';
import type { ViewEngine } from './engine';
import styles from './Picture.module.css';
import { listenToPointers } from './pointers';

interface PictureProps {
	engine: ViewEngine;
	/** Names it for assistive technology. */
	label: string;
	/** What is said of its use; without it, the picture is not for the keyboard. */
	instructions?: string;
}

/** The element that an engine paints on. */
export function Picture({ engine, label, instructions }: PictureProps) {
	const canvas = useRef<HTMLCanvasElement>(null);
	const id = useId();
	useEffect(() => {
		const element = canvas.current;
		if (!element) return;
		const detach = engine.attach(element);
		const unlisten = listenToPointers(element, engine);
		return () => {
			unlisten();
			detach();
		};
	}, [engine]);
	if (!instructions) return <canvas ref={canvas} className={styles.picture} role="img" aria-label={label} />;
	return (
		<>
			{/* biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: an application takes keys: the arrows move a cell cursor on it. */}
			<canvas
				ref={canvas}
				className={styles.picture}
				role="application"
				aria-label={label}
				aria-describedby={id}
				tabIndex={0}
				onFocus={() => engine.showCursor()}
				onBlur={() => engine.cursor.hide()}
			/>
			<p id={id} className="visually-hidden">
				{instructions}
			</p>
		</>
	);
}
