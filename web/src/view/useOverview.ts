import { useEffect, useState } from 'react';
import { versionOf } from '../canvas/moment';
import { useCanvasState } from '../canvas/store';
import { usePixlog } from '../client';
import { useThrottled } from './useThrottled';

/** The longest side in pixels. */
const SIDE = 160;
const REFRESH_MS = 2000;

/** A small picture of the whole at the moment that is shown, as a URL; `null` until the first one is there. */
export function useOverview(): string | null {
	const pixlog = usePixlog();
	const name = useCanvasState(({ canvas }) => canvas.name);
	const version = useThrottled(
		useCanvasState(({ moment, head }) => versionOf(moment, head)),
		REFRESH_MS,
	);
	const [url, setUrl] = useState<string | null>(null);
	useEffect(() => {
		const abort = new AbortController();
		pixlog
			.request(`/api/v1/canvases/${name}/image.png?fit=${SIDE}&version=${version}`, { signal: abort.signal })
			.then((answer) => answer.blob())
			.then((png) => !abort.signal.aborted && setUrl(URL.createObjectURL(png)))
			// The tiles of the view tell what is wrong; here the last picture stays.
			.catch(() => {});
		return () => abort.abort();
	}, [pixlog, name, version]);
	useEffect(() => () => URL.revokeObjectURL(url ?? ''), [url]);
	return url;
}
