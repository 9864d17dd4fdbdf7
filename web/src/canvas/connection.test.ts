import { expect, test } from 'vitest';
import type { ConnectionState } from '../client';
import { shownConnection } from './connection';

test('a lost connection is shown as lost until it is there again', () => {
	const told: ConnectionState[] = ['open', 'waiting', 'connecting', 'waiting', 'connecting', 'open', 'connecting'];
	let shown: ConnectionState = 'connecting';
	const all = told.map((state) => {
		shown = shownConnection(shown, state);
		return shown;
	});
	expect(all).toEqual(['open', 'waiting', 'waiting', 'waiting', 'waiting', 'open', 'connecting']);
});
