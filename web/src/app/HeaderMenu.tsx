import { CircleHelp, Images, MenuIcon, Play } from 'lucide-react';
import { IconButton } from '../ui/Button';
import { Menu, MenuChoice, MenuItem, MenuLink, MenuSeparator } from '../ui/Menu';
import { setTheme, THEMES, useTheme } from './theme';

/** What stands in the bar on wider screens. */
export function HeaderMenu({ onHelp }: { onHelp(): void }) {
	const theme = useTheme((state) => state.theme);
	return (
		<Menu
			trigger={
				<IconButton label="Menu">
					<MenuIcon />
				</IconButton>
			}
		>
			<MenuLink href="#/" icon={<Images aria-hidden="true" />}>
				Canvases
			</MenuLink>
			<MenuLink href="#/runs" icon={<Play aria-hidden="true" />}>
				Runs
			</MenuLink>
			<MenuSeparator />
			<MenuChoice label="Theme" value={theme} options={THEMES} onChange={setTheme} />
			<MenuSeparator />
			<MenuItem icon={<CircleHelp aria-hidden="true" />} onSelect={onHelp}>
				Help
			</MenuItem>
		</Menu>
	);
}
