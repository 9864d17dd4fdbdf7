import type { CanvasBody } from '../client';

/** The server's own bounds of pictures and animations (API, 3.3). */
export const SIDE_MAX = 16_384;
export const PICTURE_PIXELS_MAX = 2 ** 26;
export const ANIMATION_PIXELS_MAX = 2 ** 28;
export const FRAMES_MAX = 1000;
export const FPS_MAX = { gif: 50, png: 100 };

export type Wish =
	| { what: 'picture'; version: number; scale: number }
	| { what: 'gif' | 'apng'; from: number; to: number; frames: number; fps: number; size: number }
	| { what: 'changes'; from: number; to: number };

type Canvas = Pick<CanvasBody, 'name' | 'width' | 'height'>;

/** How large a cell may be at most. */
export function largestScale({ width, height }: Canvas): number {
	const bySide = SIDE_MAX / Math.max(width, height);
	const byPixels = Math.sqrt(PICTURE_PIXELS_MAX / (width * height));
	return Math.max(1, Math.min(64, Math.floor(bySide), Math.floor(byPixels)));
}

/** A size that gives a picture of about a thousand pixels. */
export function usualScale(canvas: Canvas): number {
	const wanted = Math.round(1024 / Math.max(canvas.width, canvas.height));
	return Math.min(largestScale(canvas), Math.max(1, wanted));
}

/** What is wrong with a wish, in words; `null` where nothing is. */
export function whyNot(wish: Wish, canvas: Canvas): string | null {
	if (wish.what === 'picture') {
		return within('Scale', wish.scale, 1, largestScale(canvas));
	}
	if (wish.from >= wish.to) return 'The first version must be before the last';
	if (wish.what === 'changes') return null;
	const longest = Math.max(canvas.width, canvas.height);
	return (
		within('The number of frames', wish.frames, 1, FRAMES_MAX) ??
		within('Frames a second', wish.fps, 1, FPS_MAX[wish.what === 'gif' ? 'gif' : 'png']) ??
		within('The longest side', wish.size, 1, SIDE_MAX) ??
		tooLarge(wish.frames, Math.min(wish.size, longest) / longest, canvas)
	);
}

function within(what: string, value: number, least: number, most: number): string | null {
	const isGood = Number.isInteger(value) && value >= least && value <= most;
	return isGood ? null : `${what} must be ${least} to ${most}`;
}

function tooLarge(frames: number, scale: number, { width, height }: Canvas): string | null {
	const pixels = Math.ceil(width * scale) * Math.ceil(height * scale);
	const most = Math.floor(ANIMATION_PIXELS_MAX / pixels);
	return frames <= most ? null : `At this size there may be ${most} frames: take fewer, or smaller ones`;
}

/** Where it is, and under which name it is saved. */
export function downloadLink(wish: Wish, canvas: Canvas): { path: string; file: string } {
	const base = `/api/v1/canvases/${canvas.name}`;
	if (wish.what === 'picture') {
		const { version, scale } = wish;
		return { path: `${base}/image.png?version=${version}&scale=${scale}`, file: `${canvas.name}-${version}.png` };
	}
	const { what, from, to } = wish;
	const file = `${canvas.name}-${from}-${to}`;
	if (what === 'changes') return { path: `${base}/diff.png?from=${from}&to=${to}`, file: `${file}-changes.png` };
	const ending = what === 'gif' ? 'gif' : 'png';
	const query = `from=${from}&to=${to}&frames=${wish.frames}&fps=${wish.fps}&size=${wish.size}`;
	return { path: `${base}/timelapse.${ending}?${query}`, file: `${file}.${ending}` };
}
