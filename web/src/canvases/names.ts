import { ApiError } from '../client';

const NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;
const LENGTH_MAX = 64;
/** Room for `-123` behind a name that is taken. */
const STEM_MAX = LENGTH_MAX - 4;
const TRIES_MAX = 100;

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

/** Makes something by the first of `name`, `name-2`, `name-3`… that nobody has or had: names are given out once. */
export async function withFreeName<T>(name: string, make: (name: string) => Promise<T>): Promise<T> {
	for (let count = 1; ; count += 1) {
		try {
			return await make(count === 1 ? name : `${name}-${count}`);
		} catch (error) {
			if (!isTaken(error) || count >= TRIES_MAX) throw error;
		}
	}
}

function isTaken(error: unknown): boolean {
	return error instanceof ApiError && (error.status === 410 || error.problem.type === 'urn:pixlog:problem:name-taken');
}
