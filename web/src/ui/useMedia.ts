import { useSyncExternalStore } from 'react';

/** Where `base.css` and the layouts change. */
export const PHONE = '(max-width: 40rem)';
export const NARROW = '(max-width: 64rem)';

/** Whether a media query holds. */
export function useMedia(query: string): boolean {
	return useSyncExternalStore(
		(changed) => {
			const media = matchMedia(query);
			media.addEventListener('change', changed);
			return () => media.removeEventListener('change', changed);
		},
		() => matchMedia(query).matches,
	);
}
