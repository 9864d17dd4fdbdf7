import { data, type Pixlog } from './client';
import type { Pixel } from './rows';
import type { CommittedBody } from './schema';

export interface WriteOptions {
	/** What an anonymous writer calls itself. */
	author?: string;
	/** The same write with the same key is done once: one that is kept makes it repeatable after a restart of the page. */
	key?: string;
	/** Refused where the head has moved from this version. */
	ifHead?: number;
	signal?: AbortSignal;
}

/** Writes pixels, all or none; they are on stable storage when it answers. */
export function writePixels(
	pixlog: Pixlog,
	name: string,
	pixels: Pixel[],
	{ author, key, ifHead, signal }: WriteOptions = {},
): Promise<CommittedBody> {
	const header = {
		...(key === undefined ? {} : { 'Idempotency-Key': key }),
		...(ifHead === undefined ? {} : { 'If-Match': `"${ifHead}"` }),
	};
	const answer = pixlog.api.POST('/api/v1/canvases/{name}/pixels', {
		params: { path: { name }, header },
		body: { pixels, ...(author ? { author } : {}) },
		...(signal ? { signal } : {}),
	});
	return data(answer);
}

/** Where the picture of a canvas is at a version, as PNG. It never changes there. */
export function imageUrl(pixlog: Pixlog, name: string, version: number): string {
	return `${pixlog.baseUrl}/api/v1/canvases/${name}/image.png?version=${version}`;
}
