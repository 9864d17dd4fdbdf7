import type { ApiError, NewCanvasBody } from '../client';
import { nameProblem } from './names';

/** What stands in the fields of the form. */
export interface CanvasFields {
	name: string;
	label: string;
	width: string;
	height: string;
	mode: 'rgb' | 'rgba';
	background: string;
	isTransparent: boolean;
	palette: string;
	cooldown: string;
}

export type CanvasErrors = Partial<Record<keyof CanvasFields, string>>;
export type NewCanvas = NewCanvasBody & { label?: string };

export const EMPTY_FIELDS: CanvasFields = {
	name: '',
	label: '',
	width: '256',
	height: '256',
	mode: 'rgb',
	background: '#ffffff',
	isTransparent: false,
	palette: '',
	cooldown: '0',
};

/** The colours of a list, however they are set apart; those of three digits are written out. */
export function colorsOf(text: string): string[] {
	return text
		.split(/[\s,;]+/)
		.filter(Boolean)
		.map((word) => {
			const digits = word.replace(/^#/, '').toLowerCase();
			return `#${digits.length === 3 ? digits.replace(/./g, '$&$&') : digits}`;
		});
}

/** What is wrong before the server is asked; limits are the server's to tell. */
export function checkCanvas(fields: CanvasFields): CanvasErrors {
	const errors: CanvasErrors = {};
	const name = nameProblem(fields.name);
	if (name) errors.name = name;
	for (const side of ['width', 'height'] as const) {
		if (!/^[1-9]\d*$/.test(fields[side])) errors[side] = 'A whole number of cells, at least 1';
	}
	const odd = colorsOf(fields.palette).find((color) => !/^#([0-9a-f]{6}|[0-9a-f]{8})$/.test(color));
	if (odd) errors.palette = `${odd} is not a colour like #3f9ad1`;
	if (!(Number(fields.cooldown) >= 0)) errors.cooldown = 'Seconds, 0 for none';
	return errors;
}

/** The request; what was left as it is by itself is not said. */
export function toNewCanvas(fields: CanvasFields): NewCanvas {
	const palette = colorsOf(fields.palette);
	const isTransparent = fields.mode === 'rgba' && fields.isTransparent;
	return {
		width: Number(fields.width),
		height: Number(fields.height),
		mode: fields.mode,
		background: isTransparent ? '#00000000' : fields.background,
		cooldown_ms: Math.round(Number(fields.cooldown) * 1000),
		...(fields.name === '' ? {} : { name: fields.name }),
		...(fields.label.trim() === '' ? {} : { label: fields.label.trim() }),
		...(palette.length === 0 ? {} : { palette }),
	};
}

const FIELD_OF_TYPE: Record<string, keyof CanvasFields> = {
	'bad-name': 'name',
	'name-taken': 'name',
	deleted: 'name',
	'canvas-too-large': 'width',
	'impossible-size': 'width',
	transparent: 'background',
};

/** The field that the server means; `null`: none of them. */
export function refusedField(error: ApiError): keyof CanvasFields | null {
	const type = error.problem.type?.split(':').at(-1) ?? '';
	if (error.status === 410) return 'name';
	return FIELD_OF_TYPE[type] ?? (/palette/.test(error.message) ? 'palette' : null);
}
