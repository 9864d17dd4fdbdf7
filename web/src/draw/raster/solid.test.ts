import { inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { solidPng } from './solid';

test('one colour is a PNG with a palette of that colour', async () => {
	const png = Buffer.from(await solidPng({ width: 300, height: 2 }, '#12345680'));
	expect(png.subarray(1, 4).toString()).toBe('PNG');
	expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([300, 2]);
	expect(png.includes(Buffer.from([0x50, 0x4c, 0x54, 0x45, 0x12, 0x34, 0x56]))).toBe(true);
	expect(png.includes(Buffer.from([0x74, 0x52, 0x4e, 0x53, 0x80]))).toBe(true);
	const data = png.indexOf('IDAT');
	const length = png.readUInt32BE(data - 4);
	expect(inflateSync(png.subarray(data + 4, data + 4 + length))).toEqual(Buffer.alloc(2 * 39));
	// The CRC of an empty IEND is the same in every PNG.
	expect(png.subarray(-4).toString('hex')).toBe('ae426082');
});
