import { beforeEach, expect, test, vi } from 'vitest';

beforeEach(() => {
	vi.resetModules();
	localStorage.clear();
	delete document.documentElement.dataset.theme;
});

test('a chosen theme is on the page and is kept; the system’s is neither', async () => {
	const { setTheme, useTheme } = await import('./theme');
	expect(useTheme.getState().theme).toBe('system');
	setTheme('dark');
	expect(document.documentElement.dataset.theme).toBe('dark');
	expect(localStorage.getItem('pixlog.theme')).toBe('dark');
	setTheme('system');
	expect(document.documentElement.dataset.theme).toBeUndefined();
	expect(localStorage.getItem('pixlog.theme')).toBeNull();
});

test('what was kept is put on the page before the app is there, and the app takes it from there', async () => {
	localStorage.setItem('pixlog.theme', 'light');
	const { readFileSync } = await import('node:fs');
	new Function(readFileSync('public/theme.js', 'utf8'))();
	const { useTheme } = await import('./theme');
	expect(useTheme.getState().theme).toBe('light');
});
