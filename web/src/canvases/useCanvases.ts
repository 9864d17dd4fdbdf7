import { usePages } from '../canvas/pages';
import type { Labelled } from '../canvas/title';
import type { CanvasList } from '../client';

const PAGE = 60;

/** All canvases, newest first, as far as they are loaded. */
export function useCanvases() {
	return usePages<CanvasList, Labelled>(['canvases'], `/api/v1/canvases?limit=${PAGE}`, (page) => page.canvases);
}
