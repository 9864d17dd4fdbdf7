import { useState } from 'react';
import type { Labelled } from '../canvas/title';
import { Field } from '../ui/Field';
import { LoadMore } from '../ui/LoadMore';
import { CanvasCard } from './CanvasCard';
import styles from './CanvasesPage.module.css';
import type { useCanvases } from './useCanvases';

/** The canvases, of which some may be looked for by their names. */
export function CanvasList({ canvases }: { canvases: ReturnType<typeof useCanvases> }) {
	const [sought, setSought] = useState('');
	const { items, hasMore, isLoading, loadMore } = canvases;
	const shown = (items ?? []).filter((canvas) => isMeant(canvas, sought));
	return (
		<>
			<Field label="Find" className={styles.find} hint={sought && `${shown.length} of ${items?.length ?? 0} loaded`}>
				{(control) => (
					<input
						{...control}
						type="search"
						placeholder="Name or label"
						value={sought}
						onChange={(event) => setSought(event.target.value)}
					/>
				)}
			</Field>
			<ul className={styles.grid}>
				{shown.map((canvas) => (
					<li key={canvas.name}>
						<CanvasCard canvas={canvas} />
					</li>
				))}
			</ul>
			{hasMore && <LoadMore isLoading={isLoading} load={loadMore} />}
		</>
	);
}

function isMeant({ name, label }: Labelled, sought: string): boolean {
	return `${name} ${label ?? ''}`.toLowerCase().includes(sought.trim().toLowerCase());
}
