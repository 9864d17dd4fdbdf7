import { CircleHelp } from 'lucide-react';
import { useState } from 'react';
import { IconButton } from '../ui/Button';
import { useShortcut } from '../ui/shortcuts';
import { PHONE, useMedia } from '../ui/useMedia';
import { AccessButton } from './AccessButton';
import styles from './Header.module.css';
import { HeaderMenu } from './HeaderMenu';
import { HelpSheet } from './HelpSheet';
import type { Route } from './route';
import { ThemeMenu } from './ThemeMenu';

/** The bar on top of each page. Pages add to it what is theirs by {@link HeaderSlot}. */
export function Header({ page }: { page: Route['page'] }) {
	const isPhone = useMedia(PHONE);
	const [isHelpOpen, setHelpOpen] = useState(false);
	const showHelp = () => setHelpOpen(true);
	useShortcut({ keys: '?', label: 'Show this help', group: 'Everywhere', run: showHelp });
	return (
		<header className={styles.header}>
			<a className={styles.name} href="#/" aria-label="pixlog: all canvases">
				<img src={`${import.meta.env.BASE_URL}favicon.svg`} alt="" width="24" height="24" />{' '}
				<span className={styles.wide}>pixlog</span>
			</a>
			{!isPhone && (
				<nav className={styles.nav} aria-label="Pages">
					<a href="#/" aria-current={page === 'canvases' ? 'page' : undefined}>
						Canvases
					</a>
					<a href="#/runs" aria-current={page === 'runs' ? 'page' : undefined}>
						Runs
					</a>
				</nav>
			)}
			<div id="page-header" className={styles.slot} />
			<AccessButton />
			{isPhone ? (
				<HeaderMenu onHelp={showHelp} />
			) : (
				<>
					<ThemeMenu />
					<IconButton label="Help" keys="?" onClick={showHelp}>
						<CircleHelp />
					</IconButton>
				</>
			)}
			<HelpSheet open={isHelpOpen} onOpenChange={setHelpOpen} />
		</header>
	);
}
