import { expect, test } from 'vitest';
import { downloadLink, largestScale, usualScale, type Wish, whyNot } from './downloads';

const ART = { name: 'art', width: 1024, height: 1024 };
const FULL = { name: 'full', width: 4072, height: 4072 };
const GIF: Wish = { what: 'gif', from: 0, to: 500, frames: 100, fps: 25, size: 512 };

test('a scale stays below the largest picture of the server', () => {
	expect(largestScale(ART)).toBe(8);
	expect(largestScale(FULL)).toBe(2);
	expect(largestScale({ name: 'dot', width: 1, height: 1 })).toBe(64);
	expect(usualScale({ name: 'icon', width: 32, height: 16 })).toBe(32);
	expect(usualScale(FULL)).toBe(1);
});

test('links say what is wished', () => {
	expect(downloadLink({ what: 'picture', version: 7, scale: 2 }, ART)).toEqual({
		path: '/api/v1/canvases/art/image.png?version=7&scale=2',
		file: 'art-7.png',
	});
	expect(downloadLink(GIF, ART).path).toBe(
		'/api/v1/canvases/art/timelapse.gif?from=0&to=500&frames=100&fps=25&size=512',
	);
	expect(downloadLink({ ...GIF, what: 'apng' }, ART).file).toBe('art-0-500.png');
	expect(downloadLink({ what: 'changes', from: 3, to: 9 }, ART).path).toBe('/api/v1/canvases/art/diff.png?from=3&to=9');
});

test.each<[Wish, string | null]>([
	[GIF, null],
	[{ ...GIF, from: 500 }, 'The first version must be before the last'],
	[{ ...GIF, frames: 1001 }, 'The number of frames must be 1 to 1000'],
	[{ ...GIF, fps: 60 }, 'Frames a second must be 1 to 50'],
	[{ ...GIF, what: 'apng', fps: 60 }, null],
	[{ ...GIF, size: 1.5 }, 'The longest side must be 1 to 16384'],
	[{ ...GIF, size: 1024, frames: 300 }, 'At this size there may be 256 frames: take fewer, or smaller ones'],
	[{ what: 'picture', version: 1, scale: 9 }, 'Scale must be 1 to 8'],
])('%o: %s', (wish, why) => {
	expect(whyNot(wish, ART)).toBe(why);
});
