import { useMemo, useState } from 'react';
import type { EntryBody } from '../client';
import { AllEntries } from './AllEntries';
import { EntryDetail } from './EntryDetail';
import { FilterBar } from './FilterBar';
import { FoundEntries } from './FoundEntries';
import { NO_FILTERS, queryOf } from './filters';
import styles from './HistoryPanel.module.css';

/** What happened to the canvas, newest first. */
export function HistoryPanel() {
	const [filters, setFilters] = useState(NO_FILTERS);
	const [chosen, setChosen] = useState<EntryBody | null>(null);
	/** How often the same was looked for. */
	const [times, setTimes] = useState(0);
	const query = useMemo(() => queryOf(filters), [filters]);
	const isFiltered = Object.keys(query).length > 0;
	const list = { chosen: chosen?.version ?? null, onChoose: setChosen };
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
