import type { Rect } from '../canvas/geometry';
import type { EntryBody } from '../client';
import { formatCount } from '../ui/numbers';
import { counted } from '../ui/words';

/** The cells that an entry is about. */
export function areaOf(entry: EntryBody): Rect {
	return 'region' in entry ? entry.region : { x: entry.x, y: entry.y, w: 1, h: 1 };
}

/** What was done, in few words. */
export function whatOf(entry: EntryBody): string {
	return 'region' in entry ? `State, ${counted(entry.changed, 'cell')} changed` : `Pixel ${entry.x}, ${entry.y}`;
}

/** Who did it, and by which way where that is not the usual one. */
export function whoOf({ author, source }: EntryBody): string {
	if (author) return source === 'api' ? author : `${author} · ${source}`;
	return source === 'api' ? 'anonymous' : source;
}

const SOURCES: Record<string, string> = {
	api: 'Written by the API',
	ping: 'Written by /ping',
	pong: 'Written by /pong',
	run: 'Written by a run',
	restore: 'An older version, restored',
	undo: 'Something taken back',
	fork: 'The beginning, from another canvas',
	import: 'Imported',
};

export function sourceInWords(source: string): string {
	return SOURCES[source] ?? source;
}

export function versionInWords(version: number): string {
	return `Version ${formatCount(version)}`;
}
