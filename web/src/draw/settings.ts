import { create } from 'zustand';
import type { CanvasBody } from '../client';
import { type Color, colorFor, parseColor } from './colors';
import { PALETTE_MAX, type Palette } from './palette/files';

/** What somebody chose to draw with; kept in the browser, for all canvases. */
export interface Settings {
	primary: Color;
	secondary: Color;
	size: number;
	/** The newest first. */
	recent: Color[];
	/** One that was imported. */
	palette: Palette | null;
	/** What an anonymous writer calls itself. */
	author: string;
}

export const SIZE_MAX = 64;
export const AUTHOR_MAX = 128;
const RECENT_MAX = 16;
const KEPT_AS = 'pixlog.draw';
const DEFAULTS: Settings = {
	primary: '#1d1d21',
	secondary: '#ffffff',
	size: 1,
	recent: [],
	palette: null,
	author: '',
};

export const useSettings = create<Settings>()(() => parseSettings(localStorage.getItem(KEPT_AS)));

export function setSettings(patch: Partial<Settings>): void {
	useSettings.setState(patch);
	localStorage.setItem(KEPT_AS, JSON.stringify(useSettings.getState()));
}

/** Somebody drew with it. */
export function noteUsed(color: Color): void {
	const { recent } = useSettings.getState();
	if (recent[0] !== color) {
		setSettings({ recent: [color, ...recent.filter((one) => one !== color)].slice(0, RECENT_MAX) });
	}
}

/** The two colours as that canvas can take them. */
export function colorsOn(
	canvas: Pick<CanvasBody, 'mode' | 'palette' | 'background'>,
	{ primary, secondary }: Pick<Settings, 'primary' | 'secondary'>,
): { primary: Color; secondary: Color } {
	const palette = canvas.palette ?? [];
	// What is seen on an empty canvas comes first.
	const others = palette.filter((color) => color !== canvas.background);
	const [first = '#000000', second = first] = [...others, ...palette];
	const allowed = (color: Color, instead: Color) => {
		const fitting = colorFor(canvas.mode, color);
		return !canvas.palette || canvas.palette.includes(fitting) ? fitting : instead;
	};
	return { primary: allowed(primary, first), secondary: allowed(secondary, second) };
}

/** Reads what was kept, and takes what is readable of it. */
export function parseSettings(text: string | null): Settings {
	let kept: Record<string, unknown> = {};
	try {
		const value: unknown = JSON.parse(text ?? '{}');
		if (typeof value === 'object' && value !== null) kept = value as Record<string, unknown>;
	} catch {
		// Something else wrote there: as if nothing had been kept.
	}
	const color = (value: unknown) => (typeof value === 'string' ? parseColor(value) : null);
	const colors = (value: unknown) => (Array.isArray(value) ? value.flatMap((one) => color(one) ?? []) : []);
	const { size, author } = kept;
	return {
		primary: color(kept.primary) ?? DEFAULTS.primary,
		secondary: color(kept.secondary) ?? DEFAULTS.secondary,
		size: typeof size === 'number' && Number.isInteger(size) && size >= 1 && size <= SIZE_MAX ? size : DEFAULTS.size,
		recent: colors(kept.recent).slice(0, RECENT_MAX),
		palette: parseKeptPalette(kept.palette, colors),
		author: typeof author === 'string' ? author.slice(0, AUTHOR_MAX) : DEFAULTS.author,
	};
}

function parseKeptPalette(value: unknown, colors: (value: unknown) => Color[]): Palette | null {
	if (typeof value !== 'object' || value === null) return null;
	const { name, colors: list } = value as Record<string, unknown>;
	const read = colors(list).slice(0, PALETTE_MAX);
	return read.length > 0 ? { name: typeof name === 'string' ? name : '', colors: read } : null;
}
