import type { ConnectionState } from '../client';

/** What to show of a connection: one that was lost stays lost until it is there again, however often it is tried. */
export function shownConnection(shown: ConnectionState, told: ConnectionState): ConnectionState {
	return shown === 'waiting' && told === 'connecting' ? 'waiting' : told;
}
