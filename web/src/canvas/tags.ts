import { useQuery } from '@tanstack/react-query';
import { data, type Pixlog, type TagBody, type TagList, usePixlog } from '../client';
import { useCanvasState } from './store';

export function tagsKey(name: string) {
	return ['canvas', name, 'tags'];
}

async function allTags(pixlog: Pixlog, name: string, signal: AbortSignal): Promise<TagBody[]> {
	const params = { path: { name }, query: { limit: 1000 } };
	let page: TagList = await data(pixlog.api.GET('/api/v1/canvases/{name}/tags', { params, signal }));
	const tags = [...page.tags];
	while (page.next) {
		page = await (await pixlog.request(page.next, { signal })).json();
		tags.push(...page.tags);
	}
	return tags.sort((a, b) => a.version - b.version);
}

const NONE: TagBody[] = [];

/** The tags of the canvas of the page, in the order of their versions. */
export function useTags(): TagBody[] {
	const pixlog = usePixlog();
	const name = useCanvasState((state) => state.canvas.name);
	const query = useQuery({ queryKey: tagsKey(name), queryFn: ({ signal }) => allTags(pixlog, name, signal) });
	return query.data ?? NONE;
}
