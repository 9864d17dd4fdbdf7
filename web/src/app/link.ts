import type { CanvasState } from '../canvas/store';
import { canvasPath } from './route';

/** A tag by which a version was asked for. */
export interface NamedVersion {
	tag: string;
	version: number;
}

/** The path of what is shown. A version that was asked for by a tag keeps that name, for it says more than a number. */
export function pathOf(state: Pick<CanvasState, 'canvas' | 'moment' | 'camera'>, named: NamedVersion | null): string {
	const { canvas, moment, camera } = state;
	if (moment.kind === 'live') return canvasPath(canvas.name, null, camera);
	const isNamed = named?.version === moment.version;
	return canvasPath(canvas.name, isNamed ? named.tag : moment.version, camera);
}

/** The version that a link means, where it can be told without the server: a number up to the known head. */
export function knownVersion(version: string, head: number): number | null {
	return /^\d{1,15}$/.test(version) && Number(version) <= head ? Number(version) : null;
}
