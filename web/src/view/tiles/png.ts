/** Rows of red, green, blue and alpha, not multiplied with each other. */
export interface Pixels {
	width: number;
	height: number;
	data: Uint8ClampedArray<ArrayBuffer>;
}

const SIGNATURE_BYTES = 8;
const CHUNK_FRAME_BYTES = 12;
const CHANNELS = 4;
/** 8 bits a channel, red, green, blue and alpha, not interlaced. */
const FORMAT = [8, 6, 0, 0, 0];

/**
 * The pixels of a PNG with alpha, as they are in the file (PNG specification, third edition). What a browser draws has
 * its colours multiplied with the alpha and cannot be read back exactly. `null` for a PNG of another kind.
 */
export async function readPng(file: ArrayBuffer): Promise<Pixels | null> {
	const view = new DataView(file);
	const packed: Uint8Array<ArrayBuffer>[] = [];
	let [width, height] = [0, 0];
	for (let at = SIGNATURE_BYTES; at + CHUNK_FRAME_BYTES <= file.byteLength; ) {
		const length = view.getUint32(at);
		const bytes = new Uint8Array(file, at + 8, length);
		const type = String.fromCharCode(...new Uint8Array(file, at + 4, 4));
		if (type === 'IHDR') {
			if (FORMAT.some((byte, place) => bytes[8 + place] !== byte)) return null;
			width = view.getUint32(at + 8);
			height = view.getUint32(at + 12);
		} else if (type === 'IDAT') packed.push(bytes);
		at += CHUNK_FRAME_BYTES + length;
	}
	const inflated = new Blob(packed).stream().pipeThrough(new DecompressionStream('deflate'));
	const rows = new Uint8Array(await new Response(inflated).arrayBuffer());
	return { width, height, data: unfiltered(rows, width, height) };
}

/** Each row begins with the number of its filter: how its bytes were foretold from those before and above them. */
function unfiltered(rows: Uint8Array, width: number, height: number): Uint8ClampedArray<ArrayBuffer> {
	const stride = width * CHANNELS;
	const data = new Uint8ClampedArray(stride * height);
	for (let row = 0; row < height; row += 1) {
		const filter = rows[row * (stride + 1)] ?? 0;
		const source = row * (stride + 1) + 1;
		const start = row * stride;
		for (let at = 0; at < stride; at += 1) {
			const left = at < CHANNELS ? 0 : (data[start + at - CHANNELS] ?? 0);
			const up = row === 0 ? 0 : (data[start + at - stride] ?? 0);
			const corner = at < CHANNELS || row === 0 ? 0 : (data[start + at - stride - CHANNELS] ?? 0);
			data[start + at] = ((rows[source + at] ?? 0) + foretold(filter, left, up, corner)) & 255;
		}
	}
	return data;
}

function foretold(filter: number, left: number, up: number, corner: number): number {
	switch (filter) {
		case 1:
			return left;
		case 2:
			return up;
		case 3:
			return (left + up) >> 1;
		case 4:
			return paeth(left, up, corner);
		default:
			return 0;
	}
}

/** The neighbour that is nearest to left + up - corner. */
function paeth(left: number, up: number, corner: number): number {
	const guess = left + up - corner;
	const [toLeft, toUp, toCorner] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
	if (toLeft <= toUp && toLeft <= toCorner) return left;
	return toUp <= toCorner ? up : corner;
}
