import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { Tooltip } from 'radix-ui';
import { useEffect, useMemo, useRef } from 'react';
import { useHashLocation } from 'wouter/use-hash-location';
import { CanvasesPage } from '../canvases/CanvasesPage';
import { createPixlog, PixlogProvider } from '../client';
import { RunsPage } from '../runs/RunsPage';
import { Notices } from '../ui/notices';
import { PageTitle } from '../ui/PageTitle';
import { setRemedies } from '../ui/remedy';
import { useShortcutKeys } from '../ui/shortcuts';
import styles from './App.module.css';
import { learnCaller, signInRemedy, useAccess } from './access';
import { CanvasPage } from './CanvasPage';
import { ErrorBoundary } from './ErrorBoundary';
import { Header } from './Header';
import { parseRoute, type Route } from './route';
import { SignInDialog } from './SignInDialog';
import { SkipLink } from './SkipLink';

// The client repeats what is worth repeating.
const queries = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: 5000 } } });

const LEARN_AGAIN_MS = 5000;

setRemedies(signInRemedy);

export function App() {
	useShortcutKeys();
	const client = useClient();
	const [location] = useHashLocation();
	const route = useMemo(() => parseRoute(location), [location]);
	return (
		<PixlogProvider client={client}>
			<QueryClientProvider client={queries}>
				<Tooltip.Provider delayDuration={400}>
					<SkipLink />
					<div className={styles.app}>
						<Header page={route.page} />
						<ErrorBoundary key={keyOf(route)}>
							<Page route={route} />
						</ErrorBoundary>
					</div>
					<SignInDialog />
					<Notices />
				</Tooltip.Provider>
			</QueryClientProvider>
		</PixlogProvider>
	);
}

/** The client of whom one is. Who that is may change what one may see, so all is asked for again. */
function useClient() {
	const token = useAccess((state) => state.token);
	const client = useMemo(() => createPixlog(token === null ? {} : { token }), [token]);
	const known = useRef<string | null>(null);
	useEffect(() => {
		let timer: ReturnType<typeof setTimeout> | undefined;
		let isOver = false;
		const learn = async () => {
			try {
				await learnCaller(client);
				if (known.current !== token) void queries.invalidateQueries();
				known.current = token;
			} catch {
				// The page says that its server is not there; this is for when it is.
				if (!isOver) timer = setTimeout(learn, LEARN_AGAIN_MS);
			}
		};
		void learn();
		return () => {
			isOver = true;
			clearTimeout(timer);
		};
	}, [client, token]);
	return client;
}

/** What stays the same while one moves about in a page. */
function keyOf(route: Route): string {
	if (route.page === 'canvas') return `canvas ${route.name}`;
	return route.page === 'runs' ? `run ${route.run}` : route.page;
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
					<PageTitle title="There is no such page" />
					<p>
						<a href="#/">All canvases</a>
					</p>
				</main>
			);
	}
}
