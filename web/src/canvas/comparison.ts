import type { Moment } from './moment';

/** Two moments that are looked at together. */
export interface Comparison {
	before: Moment;
	/** `null`: what the time bar shows. */
	after: Moment | null;
	mode: 'side' | 'swipe' | 'changes';
}
