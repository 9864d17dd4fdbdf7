import type { ApiError, NewRunBody } from '../client';

/** What stands in the fields of the form. */
export interface RunFields {
	width: string;
	height: string;
	granular: string;
	hop: string;
	exchange: 'local' | 'http';
	seed: string;
	canvas: string;
}

export type RunErrors = Partial<Record<keyof RunFields, string>>;

export const EMPTY_FIELDS: RunFields = {
	width: '256',
	height: '256',
	granular: '5',
	hop: '1',
	exchange: 'local',
	seed: '',
	canvas: '',
};

/** What is wrong before the server is asked; limits are the server's to tell. */
export function checkRun(fields: RunFields): RunErrors {
	const errors: RunErrors = {};
	const isSizeKnown = fields.canvas !== '' && fields.width === '' && fields.height === '';
	for (const side of ['width', 'height'] as const) {
		if (!isSizeKnown && !isWhole(fields[side])) errors[side] = 'A whole number of cells, at least 1';
	}
	if (!isWhole(fields.granular)) errors.granular = 'A whole number from 1 to 100';
	if (!isWhole(fields.hop)) errors.hop = 'A whole number, at least 1';
	if (fields.seed !== '' && !/^\d+$/.test(fields.seed)) errors.seed = 'A whole number, or nothing';
	return errors;
}

function isWhole(text: string): boolean {
	return /^[1-9]\d*$/.test(text);
}

/** The request; what is empty is not said. */
export function toNewRun(fields: RunFields): NewRunBody {
	return {
		granular: Number(fields.granular),
		pixels_per_hop: Number(fields.hop),
		exchange: fields.exchange,
		...(fields.width === '' ? {} : { width: Number(fields.width) }),
		...(fields.height === '' ? {} : { height: Number(fields.height) }),
		...(fields.seed === '' ? {} : { seed: Number(fields.seed) }),
		...(fields.canvas === '' ? {} : { canvas: fields.canvas }),
	};
}

const FIELD_OF_TYPE: Record<string, keyof RunFields> = {
	granular: 'granular',
	'pixels-per-hop': 'hop',
	seed: 'seed',
	'bad-name': 'canvas',
	'name-taken': 'canvas',
	'wrong-size': 'canvas',
	'canvas-too-large': 'width',
	'impossible-size': 'width',
	'too-few-colours': 'width',
};

/** The field that the server means; `null`: none of them. */
export function refusedField(error: ApiError): keyof RunFields | null {
	if (error.status === 410) return 'canvas';
	return FIELD_OF_TYPE[error.problem.type?.split(':').at(-1) ?? ''] ?? null;
}
