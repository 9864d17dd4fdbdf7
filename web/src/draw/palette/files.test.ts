import { expect, test } from 'vitest';
import { PALETTE_MAX, parsePalette, toGimp, toHexList } from './files';

test('reads what GIMP writes', () => {
	const text = 'GIMP Palette\r\nName: Sea\r\nColumns: 2\r\n#\r\n  0   0 128\tNavy\r\n255 255 255 White\r\n0 0 128\r\n';
	expect(parsePalette(text)).toEqual({ name: 'Sea', colors: ['#000080', '#ffffff'] });
});

test('reads lists of hex', () => {
	expect(parsePalette('; from a site\n#F00, 00ff00\n\n0000ff80 // see-through\n').colors).toEqual([
		'#ff0000',
		'#00ff00',
		'#0000ff80',
	]);
});

test.each([
	['GIMP Palette\n1 2 3\n1 2\n', 'Line 3: “1 2” is not red, green and blue'],
	['GIMP Palette\n1 2 256\n', 'Line 2: 256 is more than 255'],
	['#fff\n#ff\n', 'Line 2: “#ff” is not a colour like #3366ff'],
	['GIMP Palette\nName: x\n', 'Line 3: there is no colour up to here'],
	['', 'Line 1: there is no colour up to here'],
	[`${'#abc '.repeat(PALETTE_MAX)}\n#def`, `Line 2: more than ${PALETTE_MAX} colours`],
	[`GIMP Palette\n${'1 2 3\n'.repeat(PALETTE_MAX + 1)}`, `Line ${PALETTE_MAX + 2}: more than ${PALETTE_MAX} colours`],
])('says what is wrong, and where: %#', (text, message) => {
	expect(() => parsePalette(text)).toThrow(message);
});

test('what is written is read again', () => {
	const palette = { name: 'My  colours\n', colors: ['#000000', '#0aff80', '#ffffff'] };
	expect(parsePalette(toGimp(palette))).toEqual({ name: 'My colours', colors: palette.colors });
	expect(parsePalette(toHexList(palette)).colors).toEqual(palette.colors);
});
