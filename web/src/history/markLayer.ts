import type { Rect } from '../canvas/geometry';
import type { Layer } from '../view/view';

/** What is smaller than this on the screen is shown by a frame around it, in CSS pixels. */
const LEAST = 14;

/** Frames some cells. Black within white is seen on every colour. */
export function markLayer({ x, y, w, h }: Rect): Layer {
	return {
		order: 40,
		paint(context, { scale, left, top, ratio }) {
			const least = LEAST * ratio;
			const [width, height] = [Math.max(w * scale, least), Math.max(h * scale, least)];
			const middleX = left + (x + w / 2) * scale;
			const middleY = top + (y + h / 2) * scale;
			const line = (color: string, thickness: number) => {
				context.strokeStyle = color;
				context.lineWidth = thickness * ratio;
				context.strokeRect(middleX - width / 2, middleY - height / 2, width, height);
			};
			line('#fff', 5);
			line('#000', 2);
		},
	};
}
