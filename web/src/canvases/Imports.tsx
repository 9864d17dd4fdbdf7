import { X } from 'lucide-react';
import { canvasPath } from '../canvas/path';
import { ApiError } from '../client';
import { IconButton, LinkButton } from '../ui/Button';
import { ErrorText } from '../ui/ErrorText';
import { formatBytes } from '../ui/numbers';
import { Progress } from '../ui/Progress';
import styles from './Imports.module.css';
import { forget, type Import, useImports } from './imports';

/** The files that are on their way, and what became of them. */
export function Imports({ onRetry }: { onRetry(file: File): void }) {
	const all = useImports((state) => state.all);
	if (all.length === 0) return null;
	return (
		<section aria-label="Imports" className={styles.imports}>
			<ul>
				{all.map((one) => (
					<li key={one.id}>
						<ImportRow one={one} onRetry={onRetry} />
					</li>
				))}
			</ul>
		</section>
	);
}

function ImportRow({ one, onRetry }: { one: Import; onRetry(file: File): void }) {
	const { id, file, status } = one;
	const isOver = status === 'done' || status === 'failed';
	const retry = () => {
		forget(id);
		onRetry(file);
	};
	return (
		<>
			<div className={styles.what}>
				<b>{file.name}</b> <span>{formatBytes(file.size)}</span>
				<ImportState one={one} retry={retry} />
			</div>
			<IconButton label={isOver ? `Dismiss ${file.name}` : `Cancel ${file.name}`} onClick={one.cancel}>
				<X />
			</IconButton>
		</>
	);
}

function ImportState({ one, retry }: { one: Import; retry(): void }) {
	const { file, status, sent, name, error } = one;
	if (status === 'waiting') return <p>Waiting for the one before it</p>;
	if (status === 'failed') {
		// What is wrong with the file itself stays wrong.
		return error instanceof ApiError ? <ErrorText error={error} retry={retry} /> : <ErrorText error={error} />;
	}
	if (status === 'done' && name !== null) {
		return (
			<span className={styles.done}>
				is there as <b>{name}</b> <LinkButton href={`#${canvasPath(name)}`}>Open it</LinkButton>
			</span>
		);
	}
	const isSent = sent >= file.size;
	return (
		<div>
			<Progress label={`Sending ${file.name}`} value={isSent ? null : sent} max={file.size} />
			{isSent ? 'The server checks it…' : `${formatBytes(sent)} sent`}
		</div>
	);
}
