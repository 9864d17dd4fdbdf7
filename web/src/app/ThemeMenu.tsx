import { Monitor, Moon, Sun } from 'lucide-react';
import { IconButton } from '../ui/Button';
import { Menu, MenuChoice } from '../ui/Menu';
import { setTheme, THEMES, useTheme } from './theme';

const ICONS = { system: Monitor, light: Sun, dark: Moon };

export function ThemeMenu() {
	const theme = useTheme((state) => state.theme);
	const Icon = ICONS[theme];
	return (
		<Menu
			trigger={
				<IconButton label="Theme">
					<Icon />
				</IconButton>
			}
		>
			<MenuChoice label="Theme" value={theme} options={THEMES} onChange={setTheme} />
		</Menu>
	);
}
