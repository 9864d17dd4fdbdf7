import { useEffect, useRef, useState } from 'react';

/** A value that changes at most once in a while, and at once where it becomes that of another `key`. */
export function useThrottled<T>(value: T, milliseconds: number, key: string): T {
	const [shown, setShown] = useState({ key, value });
	const changedAt = useRef(Number.NEGATIVE_INFINITY);
	const isShown = shown.key === key && shown.value === value;
	useEffect(() => {
		if (isShown) return;
		// Counted from the last change, not from the last value: values that keep coming do not put it off.
		const wait = Math.max(0, changedAt.current + milliseconds - Date.now());
		const timer = setTimeout(() => {
			changedAt.current = Date.now();
			setShown({ key, value });
		}, wait);
		return () => clearTimeout(timer);
	}, [isShown, value, key, milliseconds]);
	return shown.key === key ? shown.value : value;
}
