import type { OutboxState } from './outbox/state';

/** What is said about what was drawn. */
export interface Status {
	kind: 'saved' | 'saving' | 'waiting' | 'stopped';
	text: string;
}

/** `null`: nothing was drawn yet, and there is nothing to say. */
export function statusOf(state: OutboxState, isConnected: boolean, now: number): Status | null {
	const count = new Set(state.entries.map(({ step }) => step)).size;
	if (count === 0) return state.hasSaved ? { kind: 'saved', text: 'Saved' } : null;
	const strokes = count === 1 ? '1 stroke' : `${count.toLocaleString('en')} strokes`;
	switch (state.phase) {
		case 'stale':
			return { kind: 'stopped', text: `${strokes} from earlier: to be sent?` };
		case 'held':
			return { kind: 'stopped', text: `Not saved: ${strokes}` };
		case 'waiting':
			return { kind: 'waiting', text: `${reasonFor(state, now)}: ${strokes} waiting` };
		default:
			// Another tab may be the one that sends, and that cannot.
			return isConnected
				? { kind: 'saving', text: `Saving ${count.toLocaleString('en')}…` }
				: { kind: 'waiting', text: `Offline: ${strokes} waiting` };
	}
}

function reasonFor({ error, until }: OutboxState, now: number): string {
	const seconds = Math.max(1, Math.ceil(((until ?? now) - now) / 1000));
	switch (error?.status) {
		case 429:
			return error.code === 'too-soon' ? `Next pixel in ${seconds} s` : `Next try in ${seconds} s`;
		case 507:
			return 'The server’s disk is full';
		case 0:
			return 'Offline';
		case 502:
		case 504:
			return 'The server does not answer';
		default:
			return 'The server is busy';
	}
}
