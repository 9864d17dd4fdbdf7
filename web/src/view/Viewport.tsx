import { useLayoutEffect } from 'react';
import type { Moment } from '../canvas/moment';
import { Picture } from './Picture';
import { useEngine } from './useEngine';

export interface ViewportProps {
	moment: Moment;
	/** Names it for assistive technology. */
	label: string;
}

/**
 * The picture of a canvas at a moment, by itself: beside or over the main view, whose camera it shares. It fills the
 * nearest positioned element around it.
 */
export function Viewport({ moment, label }: ViewportProps) {
	const engine = useEngine();
	useLayoutEffect(() => engine.look(moment), [engine, moment]);
	return <Picture engine={engine} label={label} />;
}
