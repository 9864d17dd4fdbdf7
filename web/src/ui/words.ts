import { formatCount } from './numbers';

/** `1 entry`, `12 entries`: the plural is the singular with an s where none is given. */
export function counted(value: number, one: string, many = `${one}s`): string {
	return `${formatCount(value)} ${value === 1 ? one : many}`;
}

/** What `<input type="datetime-local">` shows and takes, in the time zone of the reader. */
export function toLocalInput(time: string): string {
	const date = new Date(time);
	const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
	return local.toISOString().slice(0, 19);
}

/** RFC 3339 of what such an input gives; `null` where it is empty or no time. */
export function fromLocalInput(value: string): string | null {
	const milliseconds = Date.parse(value);
	return Number.isNaN(milliseconds) ? null : new Date(milliseconds).toISOString();
}
