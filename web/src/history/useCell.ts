import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useFeed } from '../canvas/feed';
import type { Point, Rect } from '../canvas/geometry';
import { useCanvasState } from '../canvas/store';
import { type CellBody, type CellHistory, data, type Pixlog, usePixlog } from '../client';

/** `null`: the head. */
export type CellVersion = number | null;

function cellKey(name: string, { x, y }: Point) {
	return ['canvas', name, 'cell', x, y];
}

/** The server looks back a bounded way for the entry of a cell; here it is asked until it finds it. */
async function findCell(
	pixlog: Pixlog,
	name: string,
	{ x, y }: Point,
	version: CellVersion,
	signal: AbortSignal,
): Promise<CellBody> {
	let before = version;
	for (;;) {
		const query = before === null ? {} : { version: String(before) };
		const cell: CellBody = await data(
			pixlog.api.GET('/api/v1/canvases/{name}/pixels/{x}/{y}', { params: { path: { name, x, y }, query }, signal }),
		);
		if (cell.not_after === undefined) return cell;
		before = cell.not_after;
	}
}

/** The colour of a cell at a version, and the entry that gave it. */
export function useCell(cell: Point, version: CellVersion) {
	const pixlog = usePixlog();
	const name = useCanvasState((state) => state.canvas.name);
	return useQuery({
		queryKey: [...cellKey(name, cell), version],
		queryFn: ({ signal }) => findCell(pixlog, name, cell, version, signal),
		staleTime: version === null ? 0 : Number.POSITIVE_INFINITY,
	});
}

const PAGE = 50;

async function loadHistory(
	pixlog: Pixlog,
	name: string,
	{ x, y }: Point,
	next: string | null,
	signal: AbortSignal,
): Promise<CellHistory> {
	if (next !== null) return (await pixlog.request(next, { signal })).json();
	const params = { path: { name, x, y }, query: { limit: PAGE } };
	return data(pixlog.api.GET('/api/v1/canvases/{name}/pixels/{x}/{y}/history', { params, signal }));
}

/** Every entry that changed a cell, newest first. Pages may be empty: the server looks at a bounded stretch for each. */
export function useCellHistory(cell: Point) {
	const pixlog = usePixlog();
	const name = useCanvasState((state) => state.canvas.name);
	return useInfiniteQuery({
		queryKey: [...cellKey(name, cell), 'history'],
		queryFn: ({ pageParam, signal }) => loadHistory(pixlog, name, cell, pageParam, signal),
		initialPageParam: null as string | null,
		getNextPageParam: (page) => page.next ?? null,
	});
}

/** Reads a cell again when it is written to. */
export function useCellChanges(cell: Point): void {
	const feed = useFeed();
	const queries = useQueryClient();
	const name = useCanvasState((state) => state.canvas.name);
	const { x, y } = cell;
	useEffect(() => {
		// What is known of an older version stays true.
		const reread = () =>
			queries.invalidateQueries({
				queryKey: cellKey(name, { x, y }),
				predicate: ({ queryKey }) => typeof queryKey.at(-1) !== 'number',
			});
		return feed.subscribe({
			pixels: ({ pixels }) => {
				if (pixels.some(([column, row]) => column === x && row === y)) void reread();
			},
			state: ({ region }) => {
				if (isWithin({ x, y }, region)) void reread();
			},
		});
	}, [feed, queries, name, x, y]);
}

export function isWithin({ x, y }: Point, area: Rect): boolean {
	return x >= area.x && y >= area.y && x < area.x + area.w && y < area.y + area.h;
}
