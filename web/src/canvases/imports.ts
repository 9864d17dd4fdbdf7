import { create } from 'zustand';
import type { Pixlog } from '../client';
import { type ImportOptions, importFile } from './importFile';

/** A file on its way to be a canvas. */
export interface Import {
	id: number;
	file: File;
	status: 'waiting' | 'sending' | 'done' | 'failed';
	/** Bytes. */
	sent: number;
	/** The canvas that came of it. */
	name: string | null;
	error: unknown;
	cancel(): void;
}

/** They go on while one is on another page. */
export const useImports = create<{ all: Import[] }>()(() => ({ all: [] }));

let nextId = 0;
/** One after the other, so that the first is there soon. */
let queue: Promise<void> = Promise.resolve();

export function startImports(
	pixlog: Pixlog,
	files: Iterable<File>,
	whenDone: (name: string) => void,
	inspect?: ImportOptions['inspect'],
): Promise<void> {
	for (const file of files) {
		nextId += 1;
		const id = nextId;
		const abort = new AbortController();
		const cancel = () => {
			abort.abort();
			forget(id);
		};
		const added: Import = { id, file, status: 'waiting', sent: 0, name: null, error: null, cancel };
		useImports.setState(({ all }) => ({ all: [...all, added] }));
		queue = queue.then(async () => {
			if (abort.signal.aborted) return;
			change(id, { status: 'sending' });
			try {
				const progress = (sent: number) => change(id, { sent });
				const options = { signal: abort.signal, progress, ...(inspect ? { inspect } : {}) };
				const { name } = await importFile(pixlog, file, options);
				change(id, { status: 'done', name });
				whenDone(name);
			} catch (error) {
				change(id, { status: 'failed', error });
			}
		});
	}
	return queue;
}

/** Takes it off the list. */
export function forget(id: number): void {
	useImports.setState(({ all }) => ({ all: all.filter((one) => one.id !== id) }));
}

function change(id: number, patch: Partial<Import>): void {
	useImports.setState(({ all }) => ({ all: all.map((one) => (one.id === id ? { ...one, ...patch } : one)) }));
}
