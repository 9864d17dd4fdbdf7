import styles from './Header.module.css';

/** The bar on top of each page. Pages add to it what is theirs by {@link HeaderSlot}. */
export function Header() {
	return (
		<header className={styles.header}>
			<a className={styles.name} href="#/">
				<img src={`${import.meta.env.BASE_URL}favicon.svg`} alt="" width="24" height="24" /> pixlog
			</a>
			<nav aria-label="Pages">
				<a href="#/">Canvases</a> <a href="#/runs">Runs</a>
			</nav>
			<div id="page-header" className={styles.slot} />
		</header>
	);
}
