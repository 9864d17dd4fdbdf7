/** Device pixels after which the patterns repeat. */
export const PATTERN_SIDE = 8;

/** Light and dark lines side by side: one of them is seen on every colour. */
export function hatchPattern(context: OffscreenCanvasRenderingContext2D): CanvasPattern {
	return pattern(context, (tile) => {
		for (let y = 0; y < PATTERN_SIDE; y += 1) {
			tile.fillStyle = 'rgb(0 0 0 / 55%)';
			tile.fillRect((PATTERN_SIDE - y) % PATTERN_SIDE, y, 1, 1);
			tile.fillStyle = 'rgb(255 255 255 / 65%)';
			tile.fillRect((PATTERN_SIDE + 1 - y) % PATTERN_SIDE, y, 1, 1);
		}
	});
}

/** What stands for nothing behind colours that are not opaque. */
export function groundPattern(context: OffscreenCanvasRenderingContext2D): CanvasPattern {
	return pattern(context, (tile) => {
		tile.fillStyle = '#fff';
		tile.fillRect(0, 0, PATTERN_SIDE, PATTERN_SIDE);
		tile.fillStyle = '#ccc';
		tile.fillRect(0, 0, PATTERN_SIDE / 2, PATTERN_SIDE / 2);
		tile.fillRect(PATTERN_SIDE / 2, PATTERN_SIDE / 2, PATTERN_SIDE / 2, PATTERN_SIDE / 2);
	});
}

function pattern(
	context: OffscreenCanvasRenderingContext2D,
	paint: (tile: OffscreenCanvasRenderingContext2D) => void,
): CanvasPattern {
	const tile = new OffscreenCanvas(PATTERN_SIDE, PATTERN_SIDE).getContext('2d');
	if (tile) paint(tile);
	const made = tile && context.createPattern(tile.canvas, 'repeat');
	if (!made) throw new Error('The browser gave no picture to paint on');
	return made;
}
