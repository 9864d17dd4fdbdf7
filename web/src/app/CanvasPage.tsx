import { useQuery } from '@tanstack/react-query';
import { Tabs } from 'radix-ui';
import { useState } from 'react';
import { FeedContext, useCanvasFeed } from '../canvas/feed';
import { type CanvasStore, CanvasStoreContext, createCanvasStore, useCanvasState } from '../canvas/store';
import { CanvasPanel } from '../canvases/CanvasPanel';
import { type CanvasBody, data, usePixlog } from '../client';
import { Toolbar } from '../draw/Toolbar';
import { HistoryPanel } from '../history/HistoryPanel';
import { PixelPanel } from '../history/PixelPanel';
import { ComparePanel } from '../time/ComparePanel';
import { CompareView } from '../time/CompareView';
import { TimeBar } from '../time/TimeBar';
import type { Camera } from '../view/camera';
import { MainView } from '../view/MainView';
import { Failure } from './App';
import styles from './CanvasPage.module.css';
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
	if (!query.data) return <main aria-busy="true" />;
	return <OpenedCanvas canvas={query.data} version={version} camera={camera} />;
}

interface OpenedCanvasProps {
	canvas: CanvasBody;
	version: string | null;
	camera: Camera | null;
}

function OpenedCanvas(props: OpenedCanvasProps) {
	const opening = useOpening(props.canvas, props.version);
	return opening ? <LoadedCanvas {...props} opening={opening} /> : <main aria-busy="true" />;
}

function LoadedCanvas({ canvas, version, camera, opening }: OpenedCanvasProps & { opening: Opening }) {
	const [store] = useState<CanvasStore>(() => {
		const made = createCanvasStore(canvas, opening.moment, camera);
		if (opening.moment.kind === 'version') made.getState().reach(opening.moment.version);
		return made;
	});
	useCanvasLink(store, version, camera, opening.named);
	const feed = useCanvasFeed(store);
	return (
		<CanvasStoreContext value={store}>
			<FeedContext value={feed}>
				<MainView>{(viewport) => <Layout viewport={viewport} />}</MainView>
			</FeedContext>
		</CanvasStoreContext>
	);
}

const PANELS = [
	{ id: 'history', label: 'History', Panel: HistoryPanel },
	{ id: 'pixel', label: 'Pixel', Panel: PixelPanel },
	{ id: 'compare', label: 'Compare', Panel: ComparePanel },
	{ id: 'canvas', label: 'Canvas', Panel: CanvasPanel },
];

function Layout({ viewport }: { viewport: React.ReactNode }) {
	const name = useCanvasState((state) => state.canvas.name);
	return (
		<main className={styles.page} aria-label={`Canvas ${name}`}>
			<Toolbar />
			<div className={styles.view}>
				{viewport}
				<CompareView />
			</div>
			<TimeBar />
			<Tabs.Root className={styles.panels} defaultValue="history">
				<Tabs.List aria-label="About the canvas" className={styles.tabs}>
					{PANELS.map(({ id, label }) => (
						<Tabs.Trigger key={id} value={id}>
							{label}
						</Tabs.Trigger>
					))}
				</Tabs.List>
				{PANELS.map(({ id, Panel }) => (
					<Tabs.Content key={id} value={id} className={styles.panel}>
						<Panel />
					</Tabs.Content>
				))}
			</Tabs.Root>
		</main>
	);
}
