import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { useCanvasState } from '../canvas/store';
import { data, type EntryBody, type Pixlog, usePixlog } from '../client';
import { ErrorText } from '../ui/ErrorText';
import { useThrottled } from '../ui/timing';
import { counted } from '../ui/words';
import { EntryList, type EntryListHandle } from './EntryList';
import styles from './HistoryPanel.module.css';
import { createEntryPages, type EntryPages } from './pages';

/** A fill writes a million entries a second; the list follows at a pace that can be read. */
const FOLLOW_MS = 500;

interface ListProps {
	chosen: number | null;
	onChoose(entry: EntryBody): void;
}

/** The whole log, newest first: row i is the version i below the top, so that any of them can be gone to at once. */
export function AllEntries({ chosen, onChoose }: ListProps) {
	const head = useThrottled(
		useCanvasState((state) => state.head),
		FOLLOW_MS,
	);
	const pages = useEntryPages();
	const list = useRef<EntryListHandle>(null);
	const [top, setTop] = useState(head);
	const [isResting, setResting] = useState(true);
	// Rows move only for those who look at the newest; for others the new ones are counted.
	useEffect(() => {
		if (isResting) setTop(head);
	}, [head, isResting]);
	const want = useCallback((first: number, last: number) => pages.want(top - last, top - first), [pages, top]);
	const failure = pages.failure();
	const newer = head - top;
	return (
		<div className={styles.list}>
			{newer > 0 && !isResting && (
				<button
					type="button"
					className={styles.pill}
					onClick={() => {
						setTop(head);
						list.current?.toTop();
					}}
				>
					{counted(newer, 'new entry', 'new entries')}
				</button>
			)}
			<EntryList
				ref={list}
				label="Entries"
				count={top}
				isCountKnown
				entryAt={(row) => pages.entry(top - row)}
				chosen={chosen}
				onChoose={onChoose}
				onRows={want}
				onRest={setResting}
			/>
			{failure && <ErrorText error={failure} retry={pages.retry} />}
		</div>
	);
}

function useEntryPages(): EntryPages {
	const pixlog = usePixlog();
	const name = useCanvasState((state) => state.canvas.name);
	const pages = useMemo(
		() => createEntryPages((after, upTo, signal) => load(pixlog, name, after, upTo, signal)),
		[pixlog, name],
	);
	useSyncExternalStore(pages.subscribe, pages.revision);
	useEffect(() => pages.close, [pages]);
	return pages;
}

async function load(pixlog: Pixlog, name: string, after: number, upTo: number, signal: AbortSignal) {
	const query = { after, before: upTo + 1, order: 'asc', limit: upTo - after };
	const page = await data(
		pixlog.api.GET('/api/v1/canvases/{name}/history', { params: { path: { name }, query }, signal }),
	);
	return page.entries;
}
