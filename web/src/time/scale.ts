import { LIVE, type Moment } from '../canvas/moment';

/** The version at a place of the track: 0 is its beginning, 1 its end. */
export function versionAt(fraction: number, head: number): number {
	return Math.round(Math.min(1, Math.max(0, fraction)) * head);
}

/** Where a version lies on the track. An empty log has one version, which is the newest. */
export function fractionOf(version: number, head: number): number {
	return head === 0 ? 1 : Math.min(1, Math.max(0, version / head));
}

/** The end of the track is the live picture, not the version that happens to be the newest. */
export function momentAt(version: number, head: number): Moment {
	return version >= head ? LIVE : { kind: 'version', version: Math.max(0, version) };
}

/** Where a key of the slider leads; `null` for keys that are not its own. */
export function versionAfterKey(key: string, version: number, head: number): number | null {
	const page = Math.max(1, Math.round(head / 100));
	const steps: Record<string, number> = {
		ArrowLeft: version - 1,
		ArrowDown: version - 1,
		ArrowRight: version + 1,
		ArrowUp: version + 1,
		PageDown: version - page,
		PageUp: version + page,
		Home: 0,
		End: head,
	};
	const next = steps[key];
	return next === undefined ? null : Math.min(head, Math.max(0, next));
}

/** The version of the nearest mark within reach, else the version itself; `reach` is in versions. */
export function snap(version: number, marks: number[], reach: number): number {
	const near = marks.filter((mark) => Math.abs(mark - version) <= reach);
	return near.sort((a, b) => Math.abs(a - version) - Math.abs(b - version))[0] ?? version;
}
