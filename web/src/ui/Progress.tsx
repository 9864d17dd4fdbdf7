import styles from './Progress.module.css';

interface ProgressProps {
	label: string;
	/** From 0 to `max`; `null` where nobody knows. */
	value: number | null;
	max?: number;
	/** What assistive technology reads in place of a percentage. */
	text?: string;
}

/** How far something is. */
export function Progress({ label, value, max = 100, text }: ProgressProps) {
	const known = value === null ? {} : { 'aria-valuenow': value };
	const width = value === null ? '100%' : `${max > 0 ? (100 * value) / max : 0}%`;
	return (
		<div
			role="progressbar"
			aria-label={label}
			aria-valuemin={0}
			aria-valuemax={max}
			aria-valuetext={text}
			{...known}
			className={styles.progress}
			data-unknown={value === null || undefined}
		>
			<div className={styles.bar} style={{ width }} />
		</div>
	);
}
