import type { Size } from '../../canvas/geometry';
import { alphaOf, bytesOf, type Color } from '../colors';
import type { Bytes } from '../outbox/entry';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** One bit a pixel, by a palette: large pictures of one colour stay small, and transparent ones exact. */
const ONE_BIT_PALETTE = [1, 3, 0, 0, 0];

/** A picture of one colour as PNG (RFC 2083). */
export async function solidPng({ width, height }: Size, color: Color): Promise<Bytes> {
	const header = new DataView(new ArrayBuffer(8));
	header.setUint32(0, width);
	header.setUint32(4, height);
	// A byte for the filter before each row, and only zeros: the first colour of the palette.
	const pixels = await zlib(new Uint8Array(height * (1 + Math.ceil(width / 8))));
	return joinedBytes([
		Uint8Array.from(SIGNATURE),
		chunk('IHDR', [...new Uint8Array(header.buffer), ...ONE_BIT_PALETTE]),
		chunk('PLTE', bytesOf('rgb', color)),
		chunk('tRNS', [alphaOf(color)]),
		chunk('IDAT', pixels),
		chunk('IEND', []),
	]);
}

async function zlib(bytes: Bytes): Promise<Bytes> {
	const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate'));
	return new Uint8Array(await new Response(stream).arrayBuffer());
}

function chunk(type: string, data: ArrayLike<number>): Bytes {
	const bytes = new Uint8Array(12 + data.length);
	const view = new DataView(bytes.buffer);
	view.setUint32(0, data.length);
	bytes.set(new TextEncoder().encode(type), 4);
	bytes.set(data, 8);
	view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
	return bytes;
}

function crc32(bytes: Bytes): number {
	let crc = 0xffffffff;
	for (const byte of bytes) {
		crc ^= byte;
		for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
	}
	return ~crc >>> 0;
}

function joinedBytes(parts: Bytes[]): Bytes {
	const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
	let at = 0;
	for (const part of parts) {
		all.set(part, at);
		at += part.length;
	}
	return all;
}
