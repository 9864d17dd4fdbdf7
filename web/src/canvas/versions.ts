import { useQuery } from '@tanstack/react-query';
import { type CanvasBody, data, type Pixlog, usePixlog } from '../client';
import { useCanvasState } from './store';

/** What names a version: its number or a tag, or a time. */
export type Named = { version: string } | { at: string };

/** The version that is named, as the server says; tags and times are not for the client to resolve. */
export async function resolveVersion(pixlog: Pixlog, name: string, named: Named): Promise<number> {
	const grid = await data(
		pixlog.api.GET('/api/v1/canvases/{name}/tiles.json', { params: { path: { name }, query: named } }),
	);
	return grid.version;
}

async function timeOf(pixlog: Pixlog, canvas: CanvasBody, version: number, signal: AbortSignal): Promise<string> {
	if (version === 0) return canvas.created_at;
	const query = { before: version + 1, limit: 1 };
	const params = { path: { name: canvas.name }, query };
	const page = await data(pixlog.api.GET('/api/v1/canvases/{name}/history', { params, signal }));
	return page.entries[0]?.time ?? canvas.created_at;
}

/** When a version was made; `undefined` until it is known, or while none is asked for. */
export function useVersionTime(version: number | null): string | undefined {
	const pixlog = usePixlog();
	const canvas = useCanvasState((state) => state.canvas);
	const query = useQuery({
		queryKey: ['canvas', canvas.name, 'time', version],
		queryFn: ({ signal }) => timeOf(pixlog, canvas, version ?? 0, signal),
		enabled: version !== null,
		staleTime: Number.POSITIVE_INFINITY,
	});
	return query.data;
}
