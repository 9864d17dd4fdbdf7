/** What a canvas needs to know of a picture that it is to take. */
export interface PictureFacts {
	width: number;
	height: number;
	isOpaque: boolean;
}

/** Rows that are looked at in one go, so that a large picture is never held twice. */
const BAND = 256;

/** Reads size and transparency of a picture as it is stored, not as a camera wants it turned. */
export async function inspectPicture(file: Blob): Promise<PictureFacts> {
	const bitmap = await createImageBitmap(file, { imageOrientation: 'none', premultiplyAlpha: 'none' }).catch(() => {
		throw new Error('This file is not a picture that can be read');
	});
	try {
		const { width, height } = bitmap;
		return { width, height, isOpaque: file.type === 'image/jpeg' || isOpaque(bitmap) };
	} finally {
		bitmap.close();
	}
}

function isOpaque(bitmap: ImageBitmap): boolean {
	const context = new OffscreenCanvas(bitmap.width, BAND).getContext('2d', { willReadFrequently: true });
	if (!context) return true;
	for (let top = 0; top < bitmap.height; top += BAND) {
		const rows = Math.min(BAND, bitmap.height - top);
		context.clearRect(0, 0, bitmap.width, BAND);
		context.drawImage(bitmap, 0, -top);
		const { data } = context.getImageData(0, 0, bitmap.width, rows);
		for (let at = 3; at < data.length; at += 4) if (data[at] !== 255) return false;
	}
	return true;
}
