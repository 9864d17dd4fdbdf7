import { type ReactNode, useEffect, useState } from 'react';
import { createPortal } from 'react-dom';

/** Puts what a page has into the bar on top. */
export function HeaderSlot({ children }: { children: ReactNode }) {
	const [slot, setSlot] = useState<HTMLElement | null>(null);
	useEffect(() => setSlot(document.getElementById('page-header')), []);
	return slot && createPortal(children, slot);
}
