import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useCanvasState } from '../canvas/store';
import { usePixlog } from '../client';
import { notifyError } from '../ui/notices';
import { type Layer, useView } from '../view/view';
import type { Compared } from './comparing';

/** What lies over the pixels that are the same. */
const VEIL = 'rgb(128 128 128 / 82%)';

/** Dims what is the same in both; the changed pixels keep their colours. */
export function ChangesLayer({ compared: { before, after } }: { compared: Compared }) {
	const view = useView();
	const pixlog = usePixlog();
	const { name, width, height } = useCanvasState((state) => state.canvas);
	const { data: image, error } = useQuery({
		queryKey: ['canvas', name, 'diff.png', before, after],
		queryFn: async ({ signal }) => {
			const path = `/api/v1/canvases/${name}/diff.png?from=${before}&to=${after}`;
			return createImageBitmap(await (await pixlog.request(path, { signal })).blob());
		},
		staleTime: Number.POSITIVE_INFINITY,
		// An image of 4072² takes 66 MB.
		gcTime: 0,
	});
	useEffect(() => {
		if (error) notifyError(error);
	}, [error]);
	useEffect(() => {
		view.setLayer('changes', changesLayer(image ?? null, width, height));
		return () => view.setLayer('changes', null);
	}, [view, image, width, height]);
	return null;
}

function changesLayer(image: ImageBitmap | null, width: number, height: number): Layer {
	return {
		order: 30,
		paint(context, { scale, left, top }) {
			context.fillStyle = VEIL;
			context.fillRect(left, top, width * scale, height * scale);
			// Where several cells share a pixel of the screen, none of the changed may vanish.
			context.imageSmoothingEnabled = scale < 1;
			if (image) context.drawImage(image, left, top, width * scale, height * scale);
		},
	};
}
