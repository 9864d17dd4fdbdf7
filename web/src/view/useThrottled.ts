import { useEffect, useRef, useState } from 'react';

/** A value that changes at most once in so many milliseconds; the last one always comes. */
export function useThrottled<T>(value: T, milliseconds: number): T {
	const [shown, setShown] = useState(value);
	const changedAt = useRef(Number.NEGATIVE_INFINITY);
	useEffect(() => {
		const wait = changedAt.current + milliseconds - performance.now();
		const timer = setTimeout(
			() => {
				changedAt.current = performance.now();
				setShown(value);
			},
			Math.max(wait, 0),
		);
		return () => clearTimeout(timer);
	}, [value, milliseconds]);
	return shown;
}
