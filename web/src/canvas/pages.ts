import { type QueryKey, useInfiniteQuery } from '@tanstack/react-query';
import { usePixlog } from '../client';

/** A list of the server, page after page by its own links. */
export function usePages<Page extends { next?: string }, Item>(
	key: QueryKey,
	first: string,
	itemsOf: (page: Page) => Item[],
) {
	const pixlog = usePixlog();
	const query = useInfiniteQuery({
		queryKey: key,
		initialPageParam: first,
		queryFn: async ({ pageParam, signal }): Promise<Page> => (await pixlog.request(pageParam, { signal })).json(),
		getNextPageParam: (last) => last.next,
	});
	return {
		items: query.data?.pages.flatMap(itemsOf) ?? null,
		error: query.error,
		retry: () => void (query.data ? query.fetchNextPage() : query.refetch()),
		refresh: () => void query.refetch(),
		hasMore: query.hasNextPage,
		isLoading: query.isFetchingNextPage,
		loadMore: () => void query.fetchNextPage(),
	};
}
