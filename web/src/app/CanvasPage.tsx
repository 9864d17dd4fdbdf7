import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { FeedContext, useCanvasFeed } from '../canvas/feed';
import { LIVE } from '../canvas/moment';
import { type CanvasStore, CanvasStoreContext, createCanvasStore } from '../canvas/store';
import { ApiError, type CanvasBody, data, usePixlog } from '../client';
import type { Camera } from '../view/camera';
import { MainView } from '../view/MainView';
import { CanvasLayout } from './CanvasLayout';
import { Failure } from './Failure';

interface CanvasPageProps {
	name: string;
	/** A number or a tag; `null`: live. */
	version: string | null;
	camera: Camera | null;
}

export function CanvasPage({ name, version, camera }: CanvasPageProps) {
	const pixlog = usePixlog();
	const query = useQuery({
		queryKey: ['canvas', name, 'page'],
		queryFn: () => data(pixlog.api.GET('/api/v1/canvases/{name}', { params: { path: { name } } })),
		staleTime: Number.POSITIVE_INFINITY,
	});
	if (query.error) return <Failure error={query.error} retry={query.refetch} />;
	if (!query.data) return <main aria-busy="true" aria-label={`Canvas ${name}`} />;
	return <LoadedCanvas canvas={query.data} version={version} camera={camera} />;
}

interface LoadedCanvasProps {
	canvas: CanvasBody;
	version: string | null;
	camera: Camera | null;
}

function LoadedCanvas({ canvas, version, camera }: LoadedCanvasProps) {
	const [store] = useState<CanvasStore>(() => {
		const moment = version === null ? LIVE : { kind: 'version' as const, version: Number(version) };
		return createCanvasStore(canvas, moment, camera);
	});
	const feed = useCanvasFeed(store);
	const queries = useQueryClient();
	const [isDeleted, setDeleted] = useState(false);
	useEffect(() => feed.subscribe({ deleted: () => setDeleted(true) }), [feed]);
	if (isDeleted) {
		const ask = () => void queries.resetQueries({ queryKey: ['canvas', canvas.name, 'page'] });
		return <Failure error={new ApiError(410, { detail: `The canvas ${canvas.name} was deleted` })} retry={ask} />;
	}
	return (
		<CanvasStoreContext value={store}>
			<FeedContext value={feed}>
				<MainView>{(viewport) => <CanvasLayout viewport={viewport} />}</MainView>
			</FeedContext>
		</CanvasStoreContext>
	);
}
