import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { LIVE, type Moment } from '../canvas/moment';
import { resolveVersion } from '../canvas/versions';
import { type CanvasBody, type Pixlog, usePixlog } from '../client';
import { notifyError } from '../ui/notices';
import { knownVersion, type NamedVersion } from './link';

/** What a page begins with. */
export interface Opening {
	moment: Moment;
	/** The tag of the link, where it had one. */
	named: NamedVersion | null;
}

/** What a version of a link means, as the server says; it throws in the server's words where there is none. */
export async function openVersion(pixlog: Pixlog, name: string, head: number, version: string): Promise<Opening> {
	const known = knownVersion(version, head);
	if (known !== null) return { moment: { kind: 'version', version: known }, named: null };
	const found = await resolveVersion(pixlog, name, { version });
	const named = /^\d+$/.test(version) ? null : { tag: version, version: found };
	return { moment: { kind: 'version', version: found }, named };
}

/** The moment of the link that a page was opened with; the live picture, and words about it, where there is no such. */
export function useOpening(canvas: CanvasBody, versionNow: string | null): Opening | undefined {
	const pixlog = usePixlog();
	const [version] = useState(versionNow);
	const query = useQuery({
		queryKey: ['canvas', canvas.name, 'opening', version],
		queryFn: async (): Promise<Opening> => {
			if (version === null) return { moment: LIVE, named: null };
			return openVersion(pixlog, canvas.name, canvas.version, version).catch((error: unknown) => {
				notifyError(error);
				return { moment: LIVE, named: null };
			});
		},
		staleTime: Number.POSITIVE_INFINITY,
		gcTime: 0,
	});
	return query.data;
}
