import type { Camera, Point, Size } from '../canvas/geometry';
import { between, zoomAbout } from './camera';

const MOVE_MS = 240;
/** In this time, two thirds of a zoom by the wheel are done. */
const ZOOM_MS = 55;

/** A way of the camera, a frame at a time. `null`: it is there. */
export type Motion = (camera: Camera, now: number) => Camera | null;

/** To another camera, slow at both ends. */
export function moving(from: Camera, to: Camera, start: number): Motion {
	return (_, now) => {
		const part = Math.min((now - start) / MOVE_MS, 1);
		return part < 1 ? between(from, to, part * part * (3 - 2 * part)) : null;
	};
}

/** To a zoom, about a place that stays, faster the further it is. */
export function zooming(target: number, about: Point, view: Size, start: number): Motion {
	let last = start;
	return (camera, now) => {
		if (camera.zoom === target) return null;
		const part = 1 - Math.exp(-Math.max(now - last, 0) / ZOOM_MS);
		last = now;
		const zoom = camera.zoom * (target / camera.zoom) ** part;
		const isThere = Math.abs(Math.log(target / zoom)) < 0.002;
		return zoomAbout(camera, isThere ? target : zoom, about, view);
	};
}

/** Whether the reader asked for less motion. */
export function isMotionReduced(): boolean {
	return matchMedia('(prefers-reduced-motion: reduce)').matches;
}
