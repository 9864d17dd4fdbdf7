import { versionOf } from '../canvas/moment';
import { type CanvasState, useCanvasState } from '../canvas/store';
import { resolveVersion } from '../canvas/versions';
import type { Pixlog, TagBody } from '../client';
import { useThrottled } from '../ui/timing';

const DAY_MS = 86_400_000;
/** Counting what differs takes both images; while the head runs, this often is enough. */
const COUNT_MS = 2000;

/** What a moment is compared with where nobody says: the last tag before it, or the picture a day ago. */
export async function usualBefore(pixlog: Pixlog, name: string, tags: TagBody[], shown: number): Promise<number> {
	const tag = tags.findLast(({ version }) => version < shown);
	if (tag) return tag.version;
	const dayAgo = await resolveVersion(pixlog, name, { at: new Date(Date.now() - DAY_MS).toISOString() });
	return dayAgo < shown ? dayAgo : 0;
}

/** The versions that are compared. */
export interface Compared {
	before: number;
	after: number;
}

export function comparedOf({ comparison, moment, head }: CanvasState): Compared | null {
	if (!comparison) return null;
	return { before: versionOf(comparison.before, head), after: versionOf(comparison.after ?? moment, head) };
}

/** They, no more often than differences are worth counting. */
export function useCompared(): Compared | null {
	const before = useCanvasState((state) => comparedOf(state)?.before ?? null);
	const after = useCanvasState((state) => comparedOf(state)?.after ?? null);
	const steadyAfter = useThrottled(after, COUNT_MS);
	return before === null || steadyAfter === null ? null : { before, after: steadyAfter };
}
