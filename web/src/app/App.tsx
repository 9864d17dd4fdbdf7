import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { Tooltip } from 'radix-ui';
import { useMemo } from 'react';
import { useHashLocation } from 'wouter/use-hash-location';
import { CanvasesPage } from '../canvases/CanvasesPage';
import { ApiError, createPixlog, PixlogProvider } from '../client';
import { RunsPage } from '../runs/RunsPage';
import { Notices } from '../ui/notices';
import styles from './App.module.css';
import { CanvasPage } from './CanvasPage';
import { Header } from './Header';
import { parseRoute, type Route } from './route';
import { useShortcutKeys } from './shortcuts';

const client = createPixlog();
// The client repeats what is worth repeating.
const queries = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: 5000 } } });

export function App() {
	useShortcutKeys();
	const [location] = useHashLocation();
	const route = useMemo(() => parseRoute(location), [location]);
	return (
		<PixlogProvider client={client}>
			<QueryClientProvider client={queries}>
				<Tooltip.Provider delayDuration={400}>
					<div className={styles.app}>
						<Header />
						<Page route={route} />
					</div>
					<Notices />
				</Tooltip.Provider>
			</QueryClientProvider>
		</PixlogProvider>
	);
}

function Page({ route }: { route: Route }) {
	switch (route.page) {
		case 'canvases':
			return <CanvasesPage />;
		case 'runs':
			return <RunsPage run={route.run} />;
		case 'canvas':
			return <CanvasPage key={route.name} name={route.name} version={route.version} camera={route.camera} />;
		case 'unknown':
			return (
				<main className={styles.text}>
					<h1>There is no such page</h1>
					<p>
						<a href="#/">All canvases</a>
					</p>
				</main>
			);
	}
}

/** What a page shows where its data did not come. */
export function Failure({ error, retry }: { error: Error; retry(): void }) {
	const isGone = error instanceof ApiError && error.status === 410;
	return (
		<main className={styles.text}>
			<h1>{isGone ? 'It was deleted' : 'That did not work'}</h1>
			<p>{error.message}</p>
			<button type="button" onClick={retry}>
				Try again
			</button>{' '}
			<a href="#/">All canvases</a>
		</main>
	);
}
