import { ListFilter, X } from 'lucide-react';
import { useId, useRef, useState } from 'react';
import { Button } from '../ui/Button';
import { FilterForm } from './FilterForm';
import { chipsOf, type Filters, NO_FILTERS, without } from './filters';
import styles from './HistoryPanel.module.css';

interface FilterBarProps {
	filters: Filters;
	onChange(filters: Filters): void;
}

/** What the list is filtered by, and the form for it. */
export function FilterBar({ filters, onChange }: FilterBarProps) {
	const [isOpen, setOpen] = useState(false);
	const id = useId();
	const button = useRef<HTMLButtonElement>(null);
	const chips = chipsOf(filters);
	return (
		<div>
			<div className={styles.filters}>
				<Button ref={button} aria-expanded={isOpen} aria-controls={id} onClick={() => setOpen(!isOpen)}>
					<ListFilter /> Filter
				</Button>
				{chips.length > 0 && (
					<ul className={styles.chips} aria-label="Filters">
						{chips.map(({ key, label }) => (
							<li key={key}>
								<button
									type="button"
									className={styles.chip}
									aria-label={`Remove filter: ${label}`}
									onClick={() => onChange(without(filters, key))}
								>
									{label} <X />
								</button>
							</li>
						))}
						{chips.length > 1 && (
							<li>
								<button type="button" className={styles.chip} onClick={() => onChange(NO_FILTERS)}>
									Remove all
								</button>
							</li>
						)}
					</ul>
				)}
			</div>
			<div id={id}>
				{isOpen && (
					<FilterForm
						key={JSON.stringify(filters)}
						filters={filters}
						onChange={(next) => {
							setOpen(false);
							button.current?.focus();
							onChange(next);
						}}
					/>
				)}
			</div>
		</div>
	);
}
