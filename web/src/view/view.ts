import { createContext, useContext } from 'react';
import type { Camera, Point, Rect, Size } from '../canvas/geometry';

/** How the canvas lies in the view, for painting over it. */
export interface Transform {
	/** Device pixels a cell. */
	scale: number;
	/** Where cell 0, 0 begins, in device pixels from the view's corner. */
	left: number;
	top: number;
	/** Device pixels a CSS pixel. */
	ratio: number;
	/** The view in device pixels. */
	view: Size;
}

/** Something that is painted over the picture, in every frame that needs painting. */
export interface Layer {
	/** Lower ones first. Template 10, unacknowledged strokes 20, differences 30, the lines between cells 35, marks and selection 40, cursor 50. */
	order: number;
	paint(context: CanvasRenderingContext2D, transform: Transform): void;
}

/** What the pointer does while a tool is taken. Cells may lie outside of the canvas: the tool decides what that means. */
export interface PointerTool {
	/** A CSS cursor. */
	cursor: string;
	down(cell: Point, event: PointerEvent): void;
	/** `cells`: where the pointer was since the last call, oldest first. */
	move(cells: Point[], event: PointerEvent): void;
	up(cell: Point, event: PointerEvent): void;
	/** A second finger came, or Escape: as if `down` had not been. */
	cancel(): void;
}

/** The main view of a canvas page, for the parts around it. */
export interface View {
	setLayer(id: string, layer: Layer | null): void;
	/** With no tool, the pointer pans. */
	setTool(tool: PointerTool | null): void;
	/** Asks for one frame. */
	repaint(): void;
	/** CSS pixels. */
	size(): Size;
	toCell(clientX: number, clientY: number): Point;
	/** `#rrggbb[aa]` of a cell as shown without layers; `null` where its tile is not loaded at full size. */
	colorAt(cell: Point): string | null;
	fit(region?: Rect): void;
	moveTo(camera: Camera, options?: { animate?: boolean }): void;
	/** About the middle of the view, or about a place in CSS pixels from the view's corner. */
	zoomBy(factor: number, about?: Point): void;
	/** Until all that is visible shows the wanted moment, or is known not to come. */
	settled(): Promise<void>;
}

export const ViewContext = createContext<View | null>(null);

export function useView(): View {
	const view = useContext(ViewContext);
	if (!view) throw new Error('There is no view here');
	return view;
}
