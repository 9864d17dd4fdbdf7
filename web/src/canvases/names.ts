import { ApiError, data, type Pixlog } from '../client';

const NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;
const LENGTH_MAX = 64;
/** Room for `-123` behind a name that is taken. */
const STEM_MAX = LENGTH_MAX - 4;

/** What is wrong with a name, as one types it; nothing is a name too, for the server makes one. */
export function nameProblem(name: string): string | null {
	if (name === '' || NAME.test(name)) return null;
	if (name.length > LENGTH_MAX) return `At most ${LENGTH_MAX} characters, not ${name.length}`;
	if (/^[_-]/.test(name)) return 'It begins with a letter or a digit';
	const other = [...name].find((character) => !/[a-z0-9_-]/.test(character));
	return `Only a–z, 0–9, _ and -: not ${other === ' ' ? 'spaces' : other}`;
}

/** A canvas name that resembles the name of a file. */
export function nameFrom(file: string): string {
	const stem = file.replace(/\.[^.]*$/, '');
	const plain = stem.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
	const name = plain.replace(/[^a-z0-9_]+/g, '-').replace(/^[_-]+/, '');
	return name.slice(0, STEM_MAX).replace(/-+$/, '') || 'picture';
}

/** The first of `name`, `name-2`, `name-3`… that nobody has or had: names are given out once. */
export async function freeName(pixlog: Pixlog, name: string): Promise<string> {
	for (let count = 1; ; count += 1) {
		const tried = count === 1 ? name : `${name}-${count}`;
		if (await isFree(pixlog, tried)) return tried;
	}
}

async function isFree(pixlog: Pixlog, name: string): Promise<boolean> {
	try {
		await data(pixlog.api.GET('/api/v1/canvases/{name}', { params: { path: { name } } }));
		return false;
	} catch (error) {
		if (error instanceof ApiError && error.status === 404) return true;
		if (error instanceof ApiError && error.status === 410) return false;
		throw error;
	}
}
