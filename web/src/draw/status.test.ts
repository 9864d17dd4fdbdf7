import { expect, test } from 'vitest';
import { ApiError } from '../client';
import type { OutboxState } from './outbox/state';
import { statusOf } from './status';

function state(patch: Partial<OutboxState>, ...steps: string[]): OutboxState {
	const entries = steps.map((step, at) => ({ id: String(at), step, kind: 'pixels' as const, of: null, madeAt: 0 }));
	return { entries, phase: 'idle', error: null, until: null, hasSaved: false, ...patch };
}

const tooSoon = new ApiError(429, { type: 'urn:pixlog:problem:too-soon' });

test.each([
	[state({}), true, null],
	[state({ hasSaved: true }), true, 'Saved'],
	[state({ phase: 'sending' }, 'a', 'a', 'b'), true, 'Saving 2…'],
	[state({ phase: 'idle' }, 'a'), false, 'Offline: 1 stroke waiting'],
	[state({ phase: 'waiting', error: new ApiError(0, {}) }, 'a', 'b', 'c'), true, 'Offline: 3 strokes waiting'],
	[state({ phase: 'waiting', error: tooSoon, until: 4200 }, 'a'), true, 'Next pixel in 5 s: 1 stroke waiting'],
	[state({ phase: 'waiting', error: new ApiError(507, {}) }, 'a'), true, 'The server’s disk is full: 1 stroke waiting'],
	[state({ phase: 'waiting', error: new ApiError(503, {}) }, 'a'), true, 'The server is busy: 1 stroke waiting'],
	[
		state({ phase: 'waiting', error: new ApiError(502, {}) }, 'a'),
		true,
		'The server does not answer: 1 stroke waiting',
	],
	[state({ phase: 'held', hasSaved: true, error: new ApiError(401, {}) }, 'a'), true, 'Not saved: 1 stroke'],
	[state({ phase: 'stale' }, 'a'), true, '1 stroke from earlier: to be sent?'],
])('says what is true: %#', (given, isConnected, text) => {
	expect(statusOf(given, isConnected, 0)?.text ?? null).toBe(text);
});
