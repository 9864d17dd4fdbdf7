import type { CanvasBody } from '../client';

/** A canvas as servers that know labels tell it. */
export type Labelled = CanvasBody & { label?: string | null };

/** What a canvas is called where people read it. */
export function titleOf(canvas: Labelled): string {
	return canvas.label || canvas.name;
}
