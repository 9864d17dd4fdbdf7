import { useEffect, useRef } from 'react';
import { Button } from './Button';
import styles from './LoadMore.module.css';

interface LoadMoreProps {
	isLoading: boolean;
	load(): void;
}

/** The end of a list that goes on: it loads more when it comes into sight, and by a button. */
export function LoadMore({ isLoading, load }: LoadMoreProps) {
	const place = useRef<HTMLDivElement>(null);
	const latest = useRef(load);
	latest.current = load;
	useEffect(() => {
		if (!place.current || isLoading) return;
		const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && latest.current(), {
			rootMargin: '400px',
		});
		observer.observe(place.current);
		return () => observer.disconnect();
	}, [isLoading]);
	return (
		<div ref={place} className={styles.more}>
			<Button onClick={load} disabled={isLoading}>
				{isLoading ? 'Loading…' : 'Load more'}
			</Button>
		</div>
	);
}
