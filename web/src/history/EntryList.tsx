import { type KeyboardEvent, type Ref, useEffect, useId, useImperativeHandle, useState } from 'react';
import type { EntryBody } from '../client';
import { Grid, GridCell, GridRow } from '../ui/grid';
import styles from './EntryList.module.css';
import { EntryCells } from './EntryRow';
import { rowAfterKey } from './scroll';
import { useScaledRows } from './useScaledRows';

const ROW_HEIGHT = 52;
/** While rows fly past, nothing is loaded. */
const LOAD_MS = 60;

export interface EntryListHandle {
	toTop(): void;
}

interface EntryListProps {
	label: string;
	ref?: Ref<EntryListHandle>;
	count: number;
	/** Whether there are no more than are counted. */
	isCountKnown: boolean;
	/** `undefined`: it is not loaded yet. */
	entryAt(row: number): EntryBody | undefined;
	/** The version that was chosen. */
	chosen: number | null;
	onChoose(entry: EntryBody): void;
	/** Which rows are looked at; all are without a row where there are none. */
	onRows(first: number, last: number): void;
	/** Whether the newest are looked at and nobody is on the way through the list. */
	onRest?(isResting: boolean): void;
}

/** A list of entries of any length. Arrows, pages, Home and End move through it; Enter chooses. */
export function EntryList(props: EntryListProps) {
	const { label, ref, count, isCountKnown, entryAt, chosen, onChoose, onRows, onRest } = props;
	const rows = useScaledRows(count, ROW_HEIGHT);
	const [active, setActive] = useState(0);
	const [hasFocus, setFocus] = useState(false);
	const id = useId();
	const { first, last } = rows;

	useEffect(() => {
		const timer = setTimeout(() => onRows(first, last), LOAD_MS);
		return () => clearTimeout(timer);
	}, [first, last, onRows]);
	const isResting = rows.isAtTop && !(hasFocus && active > 0);
	useEffect(() => onRest?.(isResting), [isResting, onRest]);
	useImperativeHandle(ref, () => ({
		toTop() {
			setActive(0);
			rows.show(0);
		},
	}));

	const moveTo = (row: number) => {
		setActive(row);
		rows.show(row);
	};
	const choose = (row: number) => {
		setActive(row);
		const entry = entryAt(row);
		if (entry) onChoose(entry);
	};
	const press = (event: KeyboardEvent) => {
		const next = rowAfterKey(event.key, active, count, rows.page);
		const isChoice = event.key === 'Enter' || event.key === ' ';
		if (count === 0 || (next === null && !isChoice)) return;
		event.preventDefault();
		if (next === null) choose(active);
		else moveTo(next);
	};
	const isActiveRendered = active >= first && active <= last;
	return (
		// The focus stays on the list and names the active row: a row that is scrolled away could not keep it.
		<Grid
			ref={rows.element}
			className={styles.list}
			aria-label={label}
			aria-rowcount={isCountKnown ? count : -1}
			aria-activedescendant={isActiveRendered && count > 0 ? `${id}-${active}` : undefined}
			onScroll={rows.onScroll}
			onKeyDown={press}
			onFocus={() => setFocus(true)}
			onBlur={() => setFocus(false)}
		>
			<div role="presentation" className={styles.rows} style={{ height: rows.height }}>
				{between(first, last).map((row) => {
					const entry = entryAt(row);
					return (
						<GridRow
							key={row}
							id={`${id}-${row}`}
							className={styles.row}
							style={{ top: rows.topOf(row), height: ROW_HEIGHT }}
							aria-rowindex={row + 1}
							aria-selected={entry !== undefined && entry.version === chosen}
							data-active={row === active || undefined}
							onClick={() => choose(row)}
						>
							{entry ? <EntryCells entry={entry} /> : <GridCell className={styles.loading}>…</GridCell>}
						</GridRow>
					);
				})}
			</div>
		</Grid>
	);
}

function between(first: number, last: number): number[] {
	return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at);
}
