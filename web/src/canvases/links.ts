import type { Camera } from '../canvas/geometry';
import { canvasPath } from '../canvas/path';
import { notify } from '../ui/notices';

/** A link that opens a canvas, a moment of it, and a place there, from anywhere. */
export function linkTo(name: string, version?: number | null, camera?: Camera | null): string {
	const { origin, pathname } = location;
	return `${origin}${pathname}#${canvasPath(name, version, camera)}`;
}

/** Copies a link. Where the browser does not let pages do that, it is shown for copying by hand. */
export async function copyLink(...place: Parameters<typeof linkTo>): Promise<void> {
	const link = linkTo(...place);
	try {
		await navigator.clipboard.writeText(link);
		notify('done', 'The link is copied');
	} catch {
		prompt('The browser did not let the page copy it. The link is:', link);
	}
}
