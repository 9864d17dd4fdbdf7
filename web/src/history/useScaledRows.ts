import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import { type Geometry, type Place, physicalHeight, placeOf, rowsAt, scrolled } from './scroll';

/** Rows that are rendered beyond what is seen, on either side. */
const OVERSCAN = 4;

export interface ScaledRows {
	/** The element that scrolls. */
	element: RefObject<HTMLDivElement | null>;
	onScroll(): void;
	/** How high the element is inside. */
	height: number;
	/** The first and the last row to be rendered. */
	first: number;
	last: number;
	/** How many rows are seen at once. */
	page: number;
	isAtTop: boolean;
	/** Where a row is to be placed inside. */
	topOf(row: number): number;
	/** Brings a row into view. */
	show(row: number): void;
}

/**
 * Rows of one height, of which only those in view are rendered. A list of 16 million would cost other virtual lists an
 * object a row, 450 MB; here nothing grows with the number of rows.
 */
export function useScaledRows(rows: number, rowHeight: number): ScaledRows {
	const element = useRef<HTMLDivElement>(null);
	const [viewHeight, setViewHeight] = useState(0);
	const [place, setPlace] = useState<Place>({ physical: 0, virtual: 0 });
	const latest = useRef(place);
	const geometry: Geometry = { rows, rowHeight, viewHeight };

	useEffect(() => {
		const scroller = element.current;
		if (!scroller) return;
		const observer = new ResizeObserver(() => setViewHeight(scroller.clientHeight));
		observer.observe(scroller);
		return () => observer.disconnect();
	}, []);

	const settle = useCallback((next: Place) => {
		latest.current = next;
		setPlace(next);
		const scroller = element.current;
		if (scroller && Math.abs(scroller.scrollTop - next.physical) > 1) scroller.scrollTop = next.physical;
	}, []);

	const [first, last] = rowsAt(place.virtual, geometry);
	return {
		element,
		onScroll: () => settle(scrolled(latest.current, element.current?.scrollTop ?? 0, geometry)),
		height: physicalHeight(geometry),
		first: Math.max(0, first - OVERSCAN),
		last: Math.min(rows - 1, last + OVERSCAN),
		page: Math.max(1, Math.floor(viewHeight / rowHeight)),
		isAtTop: place.virtual < rowHeight / 2,
		topOf: (row) => row * rowHeight - (place.virtual - place.physical),
		show: (row) => settle(placeOf(row, latest.current, geometry)),
	};
}
