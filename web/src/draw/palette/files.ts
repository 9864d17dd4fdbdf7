import { type Color, parseColor } from '../colors';

/** Colours in their order, each once. */
export interface Palette {
	name: string;
	colors: Color[];
}

export const PALETTE_MAX = 1024;

/** What is wrong in a palette, and where. */
export class PaletteError extends Error {
	constructor(line: number, what: string) {
		super(`Line ${line}: ${what}`);
		this.name = 'PaletteError';
	}
}

/** Reads a GIMP palette (`.gpl`), or else colours as hex, divided by spaces, commas or lines. */
export function parsePalette(text: string): Palette {
	const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
	const isGimp = lines[0]?.trim() === 'GIMP Palette';
	const { name, colors } = isGimp ? parseGimp(lines) : { name: '', colors: parseHex(lines) };
	const unique = [...new Set(colors)];
	if (unique.length === 0) throw new PaletteError(lines.length, 'there is no colour up to here');
	return { name, colors: unique };
}

function parseGimp(lines: string[]): Palette {
	let name = '';
	const colors: Color[] = [];
	for (const [at, raw] of lines.entries()) {
		const line = raw.trim();
		if (at === 0 || line === '' || line.startsWith('#')) continue;
		const field = /^(Name|Columns|Channels):\s*(.*)$/.exec(line);
		if (field) {
			if (field[1] === 'Name') name = field[2] ?? '';
			continue;
		}
		colors.push(gimpColor(line, at + 1));
		if (colors.length > PALETTE_MAX) throw new PaletteError(at + 1, `more than ${PALETTE_MAX} colours`);
	}
	return { name, colors };
}

function gimpColor(line: string, number: number): Color {
	const found = /^(\d+)\s+(\d+)\s+(\d+)(\s|$)/.exec(line);
	if (!found) throw new PaletteError(number, `“${shortened(line)}” is not red, green and blue`);
	const channels = found.slice(1, 4).map(Number);
	const wrong = channels.find((channel) => channel > 255);
	if (wrong !== undefined) throw new PaletteError(number, `${wrong} is more than 255`);
	return `#${channels.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}

/** `;` and `//` begin comments, as in the lists that palette sites give out. */
function parseHex(lines: string[]): Color[] {
	const colors: Color[] = [];
	for (const [at, line] of lines.entries()) {
		const words = line
			.replace(/(;|\/\/).*/, '')
			.split(/[\s,]+/)
			.filter(Boolean);
		for (const word of words) {
			const color = parseColor(word);
			if (!color) throw new PaletteError(at + 1, `“${shortened(word)}” is not a colour like #3366ff`);
			colors.push(color);
			if (colors.length > PALETTE_MAX) throw new PaletteError(at + 1, `more than ${PALETTE_MAX} colours`);
		}
	}
	return colors;
}

function shortened(text: string): string {
	return text.length > 24 ? `${text.slice(0, 24)}…` : text;
}

/** GIMP's format has no transparency: it is left out. */
export function toGimp({ name, colors }: Palette): string {
	const rows = colors.map((color) => {
		const channels = [1, 3, 5].map((at) => String(Number.parseInt(color.slice(at, at + 2), 16)).padStart(3));
		return `${channels.join(' ')}\t${color}`;
	});
	return `${['GIMP Palette', `Name: ${name.replace(/\s+/g, ' ')}`, 'Columns: 8', '#', ...rows].join('\n')}\n`;
}

export function toHexList({ colors }: Palette): string {
	return `${colors.join('\n')}\n`;
}
