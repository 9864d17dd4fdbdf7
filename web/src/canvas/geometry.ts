/** What is seen: the canvas position (in cells, fractions allowed) at the middle of the view, and CSS pixels a cell. */
export interface Camera {
	x: number;
	y: number;
	zoom: number;
}

export interface Size {
	width: number;
	height: number;
}

export interface Point {
	x: number;
	y: number;
}

export interface Rect {
	x: number;
	y: number;
	w: number;
	h: number;
}
