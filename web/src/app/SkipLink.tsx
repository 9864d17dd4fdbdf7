import styles from './App.module.css';

/** The part after `#` is the page, so that no link can lead there. */
function skip(): void {
	const main = document.querySelector('main');
	if (!main) return;
	main.tabIndex = -1;
	main.focus();
}

export function SkipLink() {
	return (
		<button type="button" className={styles.skip} onClick={skip}>
			Skip to the page
		</button>
	);
}
