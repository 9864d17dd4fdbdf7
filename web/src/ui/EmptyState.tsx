import type { ReactNode } from 'react';
import styles from './EmptyState.module.css';

interface EmptyStateProps {
	title: string;
	/** What belongs here, in a sentence or two. */
	children: ReactNode;
	/** Buttons that put something here. */
	actions?: ReactNode;
}

/** What stands where there is nothing yet. */
export function EmptyState({ title, children, actions }: EmptyStateProps) {
	return (
		<section aria-label={title}>
			<div className={styles.empty}>
				<h2>{title}</h2>
				<div className={styles.text}>{children}</div>
				{actions && <div className={styles.actions}>{actions}</div>}
			</div>
		</section>
	);
}
