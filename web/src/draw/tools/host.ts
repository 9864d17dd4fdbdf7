import type { Point, Rect } from '../../canvas/geometry';
import type { CanvasBody } from '../../client';
import type { Color } from '../colors';
import type { DraftPicture } from '../layer/PendingLayer';

/** What a stroke covers: cells, each as y · width + x, or a whole rectangle. */
export type Area = { cells: number[] } | { rect: Rect };

/** What tools draw on. */
export interface ToolHost {
	readonly canvas: CanvasBody;
	/** As chosen when it is asked for. */
	color(): Color;
	size(): number;
	/** Something that is painted while a tool is used. */
	draft(): DraftPicture;
	/** Writes an area in a colour. The draft is removed as soon as the area is shown in its place. */
	commit(area: Area, color: Color, draft?: DraftPicture): void;
	/** Takes the colour of a cell to draw with. */
	pick(cell: Point): void;
	/** Fills what is joined with a cell by its colour. */
	fill(cell: Point, color: Color): void;
}
