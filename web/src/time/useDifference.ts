import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useCanvasState } from '../canvas/store';
import { type DiffPage, data, type Pixlog, usePixlog } from '../client';
import type { Compared } from './comparing';

const PAGE = 100;

async function load(
	pixlog: Pixlog,
	name: string,
	{ before, after }: Compared,
	next: string | null,
	signal: AbortSignal,
): Promise<DiffPage> {
	if (next !== null) return (await pixlog.request(next, { signal })).json();
	const params = { path: { name }, query: { from: before, to: after, limit: PAGE } };
	// The typed client widens tuples to lists.
	return (await data(pixlog.api.GET('/api/v1/canvases/{name}/diff', { params, signal }))) as DiffPage;
}

/** The pixels that differ, a page at a time; the first tells how many, and where. */
export function useDifference(compared: Compared) {
	const pixlog = usePixlog();
	const name = useCanvasState((state) => state.canvas.name);
	return useInfiniteQuery({
		queryKey: ['canvas', name, 'diff', compared.before, compared.after],
		queryFn: ({ pageParam, signal }) => load(pixlog, name, compared, pageParam, signal),
		initialPageParam: null as string | null,
		getNextPageParam: (page) => page.next ?? null,
		staleTime: Number.POSITIVE_INFINITY,
		placeholderData: keepPreviousData,
	});
}
