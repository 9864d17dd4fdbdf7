import { useEffect, useRef, useState } from 'react';

/** The value once it has stayed the same for a while; until then the one before. */
export function useSettled<T>(value: T, milliseconds: number): T {
	const [settled, setSettled] = useState(value);
	useEffect(() => {
		const timer = setTimeout(() => setSettled(value), milliseconds);
		return () => clearTimeout(timer);
	}, [value, milliseconds]);
	return settled;
}

/** The value, changing no more often than once in a while, and always to the newest. */
export function useThrottled<T>(value: T, milliseconds: number): T {
	const [shown, setShown] = useState(value);
	const lastChange = useRef(0);
	useEffect(() => {
		const wait = Math.max(0, lastChange.current + milliseconds - Date.now());
		const timer = setTimeout(() => {
			lastChange.current = Date.now();
			setShown(value);
		}, wait);
		return () => clearTimeout(timer);
	}, [value, milliseconds]);
	return shown;
}
