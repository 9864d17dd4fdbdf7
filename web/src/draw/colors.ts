import type { CanvasBody } from '../client';

/** Colours are written as the server writes them: `#rrggbb`, and `#rrggbbaa` on a canvas with transparency. */
export type Color = string;

/** Reads `#rgb`, `#rrggbb`, `#rrggbbaa`, with or without the `#`; `null` for what is no colour. */
export function parseColor(text: string): Color | null {
	const digits = text.trim().replace(/^#/, '').toLowerCase();
	if (/^[0-9a-f]{3}$/.test(digits)) return `#${digits.replace(/./g, '$&$&')}`;
	return /^([0-9a-f]{6}|[0-9a-f]{8})$/.test(digits) ? `#${digits}` : null;
}

/** As the canvas has it: without alpha on `rgb`, with alpha on `rgba`. */
export function colorFor(mode: CanvasBody['mode'], color: Color): Color {
	return mode === 'rgba' ? color.padEnd(9, 'f') : color.slice(0, 7);
}

export function hasAlpha(mode: CanvasBody['mode']): boolean {
	return mode === 'rgba';
}

/** Red, green, blue, and alpha on a canvas with transparency. */
export function bytesOf(mode: CanvasBody['mode'], color: Color): number[] {
	const digits = colorFor(mode, color).slice(1);
	return (digits.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16));
}

export function colorOfBytes(bytes: Iterable<number>): Color {
	return `#${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

export function alphaOf(color: Color): number {
	return color.length > 7 ? Number.parseInt(color.slice(7), 16) : 255;
}

export function withAlpha(color: Color, alpha: number): Color {
	return `${color.slice(0, 7)}${Math.round(alpha).toString(16).padStart(2, '0')}`;
}

/** What the eraser leaves: nothing where the canvas knows transparency, else its background. */
export function erasedColor({ mode, background }: CanvasBody): Color {
	return hasAlpha(mode) ? '#00000000' : background;
}
