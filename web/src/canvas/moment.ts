/** What of a canvas is looked at: the head as it moves, or one version that stays. */
export type Moment = { kind: 'live' } | { kind: 'version'; version: number };

export const LIVE: Moment = { kind: 'live' };

/** The version of a moment, given the head. */
export function versionOf(moment: Moment, head: number): number {
	return moment.kind === 'live' ? head : Math.min(moment.version, head);
}
