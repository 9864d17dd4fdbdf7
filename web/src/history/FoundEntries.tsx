import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { useCanvasState, useCanvasStore } from '../canvas/store';
import { data, type EntryBody, type Pixlog, usePixlog } from '../client';
import { Button } from '../ui/Button';
import { ErrorText } from '../ui/ErrorText';
import { useThrottled } from '../ui/timing';
import { counted } from '../ui/words';
import { EntryList } from './EntryList';
import type { HistoryQuery } from './filters';
import styles from './HistoryPanel.module.css';
import { createSearch, type FoundPage, type SearchState } from './search';

const PAGE = 200;
/** Entries that are found before they are scrolled to. */
const AHEAD = 50;
const FOLLOW_MS = 1000;

interface FoundEntriesProps {
	query: HistoryQuery;
	chosen: number | null;
	onChoose(entry: EntryBody): void;
	/** Looks again, from the head as it is then. */
	again(): void;
}

/** Entries that match, newest first, as far as the server has looked. */
export function FoundEntries({ query, chosen, onChoose, again }: FoundEntriesProps) {
	const pixlog = usePixlog();
	const store = useCanvasStore();
	const [{ canvas, head: top }] = useState(store.getState);
	const head = useThrottled(
		useCanvasState((state) => state.head),
		FOLLOW_MS,
	);
	const search = useMemo(
		() => createSearch((next, signal) => load(pixlog, canvas.name, query, next, signal)),
		[pixlog, canvas.name, query],
	);
	const state = useSyncExternalStore(search.subscribe, search.state);
	useEffect(() => search.stop, [search]);
	const want = useCallback((_: number, last: number) => search.want(Math.max(0, last + 1) + AHEAD), [search]);
	const newer = head - top;
	return (
		<div className={styles.list}>
			{newer > 0 && (
				<button type="button" className={styles.pill} onClick={again}>
					Look at {counted(newer, 'newer entry', 'newer entries')}
				</button>
			)}
			<EntryList
				label="Entries that match"
				count={state.entries.length}
				isCountKnown={state.status === 'all'}
				entryAt={(row) => state.entries[row]}
				chosen={chosen}
				onChoose={onChoose}
				onRows={want}
			/>
			<footer className={styles.footer}>
				<span role="status">{progressOf(state, top)}</span>
				{state.status === 'looking' && <Button onClick={search.stop}>Stop</Button>}
				{state.status === 'stopped' && <Button onClick={search.goOn}>Go on</Button>}
				{state.status === 'failed' && <ErrorText error={state.error} retry={search.goOn} />}
			</footer>
		</div>
	);
}

/** How many were found, and how much of the log was looked at for that. */
export function progressOf({ entries, status, reached }: SearchState, top: number): string {
	const found =
		entries.length === 0 && status === 'all'
			? 'Nothing matches'
			: `${counted(entries.length, 'entry', 'entries')} found`;
	if (status === 'all' || status === 'failed') return found;
	const share = reached === null || top === 0 ? 0 : Math.floor((100 * (top - reached)) / top);
	return `${found}, ${Math.max(0, share)} % of the log looked at`;
}

async function load(
	pixlog: Pixlog,
	name: string,
	query: HistoryQuery,
	next: string | null,
	signal: AbortSignal,
): Promise<FoundPage> {
	if (next !== null) return (await pixlog.request(next, { signal })).json();
	const params = { path: { name }, query: { ...query, limit: PAGE } };
	return data(pixlog.api.GET('/api/v1/canvases/{name}/history', { params, signal }));
}
