// @vitest-environment node
import { expect, test } from 'vitest';
import { fakeServer } from './fakeServer';
import { decodeRows, encodeRows, readLog } from './rows';

const RGB = { width: 300, mode: 'rgb' } as const;
const RGBA = { width: 300, mode: 'rgba' } as const;

test('rows are a little-endian cell and the bytes of the colour', () => {
	const rows = encodeRows([[1, 2, '#0a0B0c']], RGB);
	expect([...rows]).toEqual([0x59, 0x02, 0, 0, 10, 11, 12]);
	expect([...encodeRows([[0, 0, '#01020304']], RGBA)]).toEqual([0, 0, 0, 0, 1, 2, 3, 4]);
	expect([...encodeRows([[0, 0, '#010203']], RGBA)]).toEqual([0, 0, 0, 0, 1, 2, 3, 255]);
});

test('rows are decoded to what ImageData takes', () => {
	const rgb = encodeRows([[299, 1, '#010203'], [0, 0, '#ffffff']], RGB); // biome-ignore format: one row a pixel
	expect(decodeRows(rgb.buffer, 'rgb')).toEqual({
		cells: Uint32Array.of(599, 0),
		colors: Uint8ClampedArray.of(1, 2, 3, 255, 255, 255, 255, 255),
	});
	const rgba = encodeRows([[0, 1, '#01020304']], RGBA);
	expect(decodeRows(rgba.buffer, 'rgba').colors).toEqual(Uint8ClampedArray.of(1, 2, 3, 4));
});

test('what is no row, or no pixel of the canvas, is refused', () => {
	expect(() => decodeRows(new ArrayBuffer(8), 'rgb')).toThrow('8 bytes are no whole rows');
	expect(() => encodeRows([[300, 0, '#000000']], RGB)).toThrow('Pixel 0 is not on the canvas');
	expect(() => encodeRows([[0, 0, 'red']], RGB)).toThrow('red is no colour');
	expect(() => encodeRows([[0, 0, '#00000000']], RGB)).toThrow('transparent');
});

test('a page of the log says which version it reaches and which state comes next', async () => {
	const rows = encodeRows([[5, 0, '#010203']], RGB);
	const headers = { 'X-Pixlog-Version': '8', 'X-Pixlog-State': '9' };
	const fake = fakeServer((_, number) =>
		number === 1 ? new Response(rows, { headers }) : new Response('', { headers: { 'X-Pixlog-Version': '9' } }),
	);
	const canvas = { name: 'art', mode: 'rgb' } as const;
	expect(await readLog(fake.pixlog, canvas, 7, { limit: 10 })).toMatchObject({
		version: 8,
		state: 9,
		cells: Uint32Array.of(5),
	});
	expect(await readLog(fake.pixlog, canvas, 9)).toMatchObject({ version: 9, state: null, cells: new Uint32Array() });
	expect(fake.requests.map((one) => one.path)).toEqual([
		'/api/v1/canvases/art/log.bin?after=7&limit=10',
		'/api/v1/canvases/art/log.bin?after=9',
	]);
});
