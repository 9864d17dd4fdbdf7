import { create } from 'zustand';

export type Theme = 'system' | 'light' | 'dark';

export const THEMES: { value: Theme; label: string }[] = [
	{ value: 'system', label: 'As the system' },
	{ value: 'light', label: 'Light' },
	{ value: 'dark', label: 'Dark' },
];

/** Also in `public/theme.js`, which reads it before the page is painted. */
const KEY = 'pixlog.theme';

export const useTheme = create<{ theme: Theme }>()(() => ({ theme: shownTheme() }));

function shownTheme(): Theme {
	const shown = document.documentElement.dataset.theme;
	return shown === 'light' || shown === 'dark' ? shown : 'system';
}

export function setTheme(theme: Theme): void {
	if (theme === 'system') delete document.documentElement.dataset.theme;
	else document.documentElement.dataset.theme = theme;
	remember(theme);
	useTheme.setState({ theme });
}

/** A browser that keeps nothing still shows what was chosen. */
function remember(theme: Theme): void {
	try {
		if (theme === 'system') localStorage.removeItem(KEY);
		else localStorage.setItem(KEY, theme);
	} catch {}
}
