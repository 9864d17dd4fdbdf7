import { crc32, deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readPng } from './png';

const [WIDTH, HEIGHT] = [7, 10];
const pixels = Uint8ClampedArray.from({ length: WIDTH * HEIGHT * 4 }, (_, at) => (at * at * 31 + at * 7) % 256);

/** Writes a PNG whose rows take turns with the five filters; the specification's own formulas, bytes looked up plainly. */
function pngOf(colorType: number): ArrayBuffer {
	const byte = (x: number, y: number) => (x < 0 || y < 0 ? 0 : (pixels[y * WIDTH * 4 + x] ?? 0));
	const paeth = (a: number, b: number, c: number) => {
		const p = a + b - c;
		return [a, b, c].reduce((best, one) => (Math.abs(p - one) < Math.abs(p - best) ? one : best));
	};
	const rows: number[] = [];
	for (let y = 0; y < HEIGHT; y += 1) {
		const filter = y % 5;
		rows.push(filter);
		for (let x = 0; x < WIDTH * 4; x += 1) {
			const [a, b, c] = [byte(x - 4, y), byte(x, y - 1), x < 4 ? 0 : byte(x - 4, y - 1)];
			const guess = [0, a, b, Math.floor((a + b) / 2), paeth(a, b, c)][filter] ?? 0;
			rows.push((byte(x, y) - guess + 256) % 256);
		}
	}
	const packed = deflateSync(Uint8Array.from(rows));
	const chunk = (type: string, data: Uint8Array) => {
		const named = Buffer.concat([Buffer.from(type), data]);
		const frame = Buffer.alloc(8);
		frame.writeUInt32BE(data.length);
		frame.writeUInt32BE(crc32(named), 4);
		return Buffer.concat([frame.subarray(0, 4), named, frame.subarray(4)]);
	};
	const header = Buffer.from([0, 0, 0, WIDTH, 0, 0, 0, HEIGHT, 8, colorType, 0, 0, 0]);
	const file = Buffer.concat([
		Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
		chunk('IHDR', header),
		chunk('IDAT', packed.subarray(0, 20)),
		chunk('IDAT', packed.subarray(20)),
		chunk('IEND', new Uint8Array()),
	]);
	return Uint8Array.from(file).buffer;
}

test('every filter is undone, and translucent colours are exact', async () => {
	expect(await readPng(pngOf(6))).toEqual({ width: WIDTH, height: HEIGHT, data: pixels });
});

test('a PNG without alpha is for the browser', async () => {
	expect(await readPng(pngOf(2))).toBeNull();
});
