import type { Rect } from '../../canvas/geometry';

export type Bytes = Uint8Array<ArrayBuffer>;

/** Entries of the canvas's log that belong together. */
export interface Versions {
	first_version: number;
	version: number;
}

/** What is written. The bytes are those that are sent, each time the same. */
export type Write =
	| { kind: 'pixels'; rows: Bytes; count: number }
	| { kind: 'picture'; picture: Bytes; type: string; region: Rect; flatten: string | null }
	/** `rest` is what is still to be taken back of step `of`; `null` until its outcome is known, when it is first sent. */
	| { kind: 'undo'; of: string; rest: Versions[] | null; done: Versions[]; changed: number; skipped: number };

/** One request that has to be sent, once. */
export interface Entry {
	/** Sorts by canvas, and in the order made. */
	id: string;
	canvas: string;
	/** What is undone as one. */
	step: string;
	/** Makes it safe to send it again, for as long as the server keeps it. */
	key: string;
	author: string;
	/** Milliseconds since 1970. */
	madeAt: number;
	/** It may have reached the server. */
	wasSent: boolean;
	write: Write;
}

export type Draft = Pick<Entry, 'step' | 'author' | 'write'>;

/** What is known of an entry without its bytes. */
export interface EntryInfo {
	id: string;
	step: string;
	kind: Write['kind'];
	/** The step that it takes back. */
	of: string | null;
	madeAt: number;
}

export function infoOf({ id, step, madeAt, write }: Entry): EntryInfo {
	return { id, step, kind: write.kind, of: write.kind === 'undo' ? write.of : null, madeAt };
}

/** With further versions; those that follow each other are one range. */
export function joined(ranges: readonly Versions[], more: Versions): Versions[] {
	const last = ranges.at(-1);
	if (last && last.version + 1 === more.first_version) {
		return [...ranges.slice(0, -1), { first_version: last.first_version, version: more.version }];
	}
	return [...ranges, more];
}
