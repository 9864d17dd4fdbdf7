import type { Moment } from '../canvas/moment';

export interface ViewportProps {
	moment: Moment;
	/** Names it for assistive technology. */
	label: string;
}

/** The picture of a canvas at a moment, with what lies over it. */
export function Viewport({ label }: ViewportProps) {
	return <div role="img" aria-label={label} />;
}
