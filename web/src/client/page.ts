/** What happens to the page that a connection may not survive. */
export interface PageListener {
	/** The network went or came. */
	network(): void;
	/** Nobody has looked at the page for a while. */
	away(): void;
	/** Somebody looks at the page, perhaps after the machine slept. */
	back(): void;
}

/** Tabs that nobody looks at would hold the few connections that a browser has for one server over HTTP/1.1. */
export const AWAY_MS = 60_000;

/** Watches the page; returns what ends it. Where there is no page, nothing happens to it. */
export function watchPage(on: PageListener): () => void {
	if (typeof document === 'undefined') return () => {};
	const watching = new AbortController();
	const { signal } = watching;
	let timer: ReturnType<typeof setTimeout> | undefined;
	const look = () => {
		clearTimeout(timer);
		if (document.visibilityState === 'hidden') timer = setTimeout(() => on.away(), AWAY_MS);
		else on.back();
	};
	if (document.visibilityState === 'hidden') look();
	document.addEventListener('visibilitychange', look, { signal });
	window.addEventListener('pageshow', look, { signal });
	window.addEventListener('online', () => on.network(), { signal });
	window.addEventListener('offline', () => on.network(), { signal });
	return () => {
		clearTimeout(timer);
		watching.abort();
	};
}
