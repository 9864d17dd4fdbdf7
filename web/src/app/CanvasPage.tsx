import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { FeedContext, useCanvasFeed } from '../canvas/feed';
import type { Camera } from '../canvas/geometry';
import { type CanvasStore, CanvasStoreContext, createCanvasStore } from '../canvas/store';
import { ApiError, type CanvasBody, data, usePixlog } from '../client';
import { MainView } from '../view/MainView';
import { CanvasLayout } from './CanvasLayout';
import { Failure } from './Failure';
import { useCanvasLink } from './useCanvasLink';
import { type Opening, useOpening } from './useOpening';

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
	return <OpenedCanvas canvas={query.data} version={version} camera={camera} />;
}

interface OpenedCanvasProps {
	canvas: CanvasBody;
	version: string | null;
	camera: Camera | null;
}

function OpenedCanvas(props: OpenedCanvasProps) {
	const opening = useOpening(props.canvas, props.version);
	return opening ? (
		<LoadedCanvas {...props} opening={opening} />
	) : (
		<main aria-busy="true" aria-label={`Canvas ${props.canvas.name}`} />
	);
}

function LoadedCanvas({ canvas, version, camera, opening }: OpenedCanvasProps & { opening: Opening }) {
	const [store] = useState<CanvasStore>(() => {
		const made = createCanvasStore(canvas, opening.moment, camera);
		if (opening.moment.kind === 'version') made.getState().reach(opening.moment.version);
		return made;
	});
	useCanvasLink(store, version, camera, opening.named);
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
