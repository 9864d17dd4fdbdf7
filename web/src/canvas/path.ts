import type { Camera } from './geometry';

/** The path of a canvas, of a moment of it, and of a place there, as it stands after the `#`. */
export function canvasPath(name: string, version?: number | string | null, camera?: Camera | null): string {
	const moment = version === null || version === undefined ? '' : `@${encodeURIComponent(version)}`;
	const place = camera ? `/${round(camera.x)},${round(camera.y)},${round(camera.zoom)}` : '';
	return `/c/${name}${moment}${place}`;
}

/** Three decimals place a view of 4,000 pixels to the pixel. */
function round(value: number): number {
	return Math.round(value * 1000) / 1000;
}
