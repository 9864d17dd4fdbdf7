import { PHONE, useMedia } from '../ui/useMedia';

/** Where windows of the bar open: beside both of its columns, or off it where it is a row. */
export function useBesideBar(column: 'left' | 'right'): { side: 'right' | 'bottom'; distance: number } {
	const isPhone = useMedia(PHONE);
	if (isPhone) return { side: 'bottom', distance: 8 };
	return { side: 'right', distance: column === 'left' ? 52 : 12 };
}
