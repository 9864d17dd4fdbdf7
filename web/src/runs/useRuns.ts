import { type InfiniteData, type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { shownConnection } from '../canvas/connection';
import { usePages } from '../canvas/pages';
import { data, follow, type RunBody, type RunList, usePixlog } from '../client';
import type { LiveState } from '../ui/LiveMark';

/** As many as one connection follows. */
const FOLLOWED_MAX = 32;

/** All runs, newest first, as far as they are loaded; those that go on are followed. */
export function useRuns() {
	const runs = usePages<RunList, RunBody>(['runs'], '/api/v1/runs?limit=100', (page) => page.runs);
	const connection = useFollowedRuns((runs.items ?? []).filter(isAlive).map(({ id }) => id));
	return { ...runs, connection };
}

/** One run. All of it comes from the server, so that it is the same whoever looks at it, and after a reload. */
export function useRun(id: number) {
	const pixlog = usePixlog();
	const query = useQuery({
		queryKey: ['run', id],
		queryFn: () => data(pixlog.api.GET('/api/v1/runs/{id}', { params: { path: { id } } })),
	});
	const connection = useFollowedRuns(query.data && isAlive(query.data) ? [id] : []);
	return { ...query, connection };
}

/** Whether something may still become of it. */
export function isAlive({ status }: RunBody): boolean {
	return status === 'running' || status === 'paused';
}

/** Whether what goes on is told as it goes on; `null` where nothing does. */
function useFollowedRuns(ids: number[]): LiveState | null {
	const pixlog = usePixlog();
	const queries = useQueryClient();
	const [state, setState] = useState<LiveState>('connecting');
	const followed = ids.slice(0, FOLLOWED_MAX).join(' ');
	useEffect(() => {
		if (followed === '') return;
		const runs = followed.split(' ').map(Number);
		return follow(
			pixlog,
			{ runs },
			{
				run: (run) => keepRun(queries, run),
				connection: (told) => setState((shown) => (shown === 'ended' ? told : shownConnection(shown, told))),
				failed: () => setState('ended'),
			},
		);
	}, [pixlog, queries, followed]);
	return followed === '' ? null : state;
}

/** Puts what is known of a run in the place of what was known of it before. */
export function keepRun(queries: QueryClient, run: RunBody): void {
	queries.setQueryData(['run', run.id], run);
	queries.setQueryData<InfiniteData<RunList>>(['runs'], (list) => {
		if (!list) return list;
		const pages = list.pages.map((page) => ({
			...page,
			runs: page.runs.map((one) => (one.id === run.id ? run : one)),
		}));
		return { ...list, pages };
	});
}
