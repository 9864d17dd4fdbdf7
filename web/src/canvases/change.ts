import type { Labelled } from '../canvas/title';
import { ApiError, type CanvasBody, data, type Pixlog } from '../client';

/** Gives a canvas another label, or none. */
export async function relabel(pixlog: Pixlog, name: string, label: string): Promise<Labelled> {
	const response = await pixlog.request(`/api/v1/canvases/${name}`, {
		method: 'PATCH',
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify({ label: label.trim() || null }),
	});
	return response.json();
}

/** A canvas that is gone already, by a repeated request or by somebody else, is what was wanted. */
export async function remove(pixlog: Pixlog, name: string): Promise<void> {
	try {
		await pixlog.request(`/api/v1/canvases/${name}`, { method: 'DELETE' });
	} catch (error) {
		if (!(error instanceof ApiError && error.status === 410)) throw error;
	}
}

/** Makes a canvas that starts with the image of a version. */
export function fork(pixlog: Pixlog, name: string, version: number, forkName: string): Promise<CanvasBody> {
	const body = { version, ...(forkName === '' ? {} : { name: forkName }) };
	return data(pixlog.api.POST('/api/v1/canvases/{name}/fork', { params: { path: { name } }, body }));
}

/** Where the log of a canvas can be had as one file. */
export function exportUrl(name: string): string {
	return `/api/v1/canvases/${name}/export`;
}
