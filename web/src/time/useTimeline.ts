import { useQuery } from '@tanstack/react-query';
import { useCanvasState } from '../canvas/store';
import { data, type Timeline, usePixlog } from '../client';

const BUCKETS = 200;
/** A stretch as wide as a bar is worth reading soon; less may wait. */
const SOON_MS = 3000;
const LATER_MS = 15_000;

/** How busy the canvas was, read again as its head moves on. */
export function useTimeline(): Timeline | undefined {
	const pixlog = usePixlog();
	const name = useCanvasState((state) => state.canvas.name);
	const head = useCanvasState((state) => state.head);
	const query = useQuery({
		queryKey: ['canvas', name, 'timeline'],
		queryFn: ({ signal }) => {
			const params = { path: { name }, query: { buckets: BUCKETS } };
			return data(pixlog.api.GET('/api/v1/canvases/{name}/timeline', { params, signal }));
		},
		refetchInterval: ({ state }) => {
			const missing = head - (state.data?.buckets.at(-1)?.to ?? 0);
			if (missing <= 0) return false;
			return missing > head / BUCKETS ? SOON_MS : LATER_MS;
		},
	});
	return query.data;
}
