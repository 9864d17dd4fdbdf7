import styles from './Swatch.module.css';

/** A colour and its name. */
export function Swatch({ color }: { color: string }) {
	return (
		<span className={styles.swatch}>
			<span className={styles.colour} style={{ background: color }} aria-hidden="true" />
			<code>{color}</code>
		</span>
	);
}
