import { useMemo, useState } from 'react';
import { useCanvasState } from '../canvas/store';
import { useKept } from '../canvas/useKept';
import type { EntryBody } from '../client';
import { useShowPlace } from '../view/showPlace';
import { AllEntries } from './AllEntries';
import { EntryDetail } from './EntryDetail';
import { areaOf } from './entries';
import { FilterBar } from './FilterBar';
import { FoundEntries } from './FoundEntries';
import { NO_FILTERS, queryOf } from './filters';
import styles from './HistoryPanel.module.css';

/** What happened to the canvas, newest first. */
export function HistoryPanel() {
	const [filters, setFilters] = useKept('history.filters', NO_FILTERS);
	const [chosen, setChosen] = useKept<EntryBody | null>('history.chosen', null);
	/** How often the same was looked for. */
	const [times, setTimes] = useState(0);
	const query = useMemo(() => queryOf(filters), [filters]);
	const isFiltered = Object.keys(query).length > 0;
	const look = useCanvasState((state) => state.look);
	const show = useShowPlace();
	const choose = (entry: EntryBody) => {
		setChosen(entry);
		look({ kind: 'version', version: entry.version });
		show(areaOf(entry));
	};
	const list = { chosen: chosen?.version ?? null, onChoose: choose };
	return (
		<section className={styles.panel} aria-label="History">
			<FilterBar filters={filters} onChange={setFilters} />
			{isFiltered ? (
				<FoundEntries
					key={`${JSON.stringify(query)} ${times}`}
					query={query}
					{...list}
					again={() => setTimes(times + 1)}
				/>
			) : (
				<AllEntries {...list} />
			)}
			{chosen && <EntryDetail entry={chosen} close={() => setChosen(null)} />}
		</section>
	);
}
