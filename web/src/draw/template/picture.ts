import type { Rect } from '../../canvas/geometry';
import type { Bytes } from '../outbox/entry';
import type { Picture, Placement } from './template';

/** What the server reads itself. */
const READ_BY_SERVER = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

interface Encoded {
	bytes: Bytes;
	type: string;
}

/** The picture of a region: the file as it is where that is the same, else what is seen of it as PNG. */
export async function pictureOf(
	picture: Picture,
	image: ImageBitmap,
	{ x, y, scale }: Pick<Placement, 'x' | 'y' | 'scale'>,
	region: Rect,
): Promise<Encoded> {
	const isWhole = region.x === x && region.y === y && region.w === image.width && region.h === image.height;
	if (scale === 1 && isWhole && READ_BY_SERVER.has(picture.type)) {
		return { bytes: picture.bytes, type: picture.type };
	}
	const context = new OffscreenCanvas(region.w, region.h).getContext('2d');
	if (!context) throw new Error('The browser has no room for a picture of that size');
	context.imageSmoothingEnabled = false;
	context.drawImage(image, x - region.x, y - region.y, image.width * scale, image.height * scale);
	const blob = await context.canvas.convertToBlob({ type: 'image/png' });
	return { bytes: new Uint8Array(await blob.arrayBuffer()), type: 'image/png' };
}
