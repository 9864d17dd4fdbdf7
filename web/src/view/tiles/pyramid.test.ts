import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ApiError } from '../../client';
import { TilePyramid } from './pyramid';
import { FakeImage, FakeServer, turn } from './testing';

let server: FakeServer;
let pyramid: TilePyramid;

/** Four tiles at full size, two of them in sight. */
beforeEach(() => {
	vi.useFakeTimers();
	server = new FakeServer();
	pyramid = new TilePyramid({
		canvas: { width: 512, height: 512 },
		head: 10,
		tiles: () => server.fetchTile,
		changed: () => {},
	});
	pyramid.see({ range: { z: 1, x0: 0, y0: 0, x1: 2, y1: 1 }, centre: { x: 300, y: 100 } });
});

afterEach(() => vi.useRealTimers());

const shown = () => [...pyramid.slots.all()].filter(({ y }) => y === 0).map((slot) => slot.shown?.version);
const isDone = async (promise: Promise<void>) => {
	let done = false;
	promise.then(() => (done = true));
	await turn();
	return done;
};

test('tiles in sight are loaded at the head, those in the middle first, then the ring around', async () => {
	expect(server.open).toEqual(['1/1/0@10', '1/0/0@10']);
	await server.answerAll();
	expect(server.open).toEqual([]);
	await vi.advanceTimersByTimeAsync(500);
	expect(server.open).toEqual(['1/1/1@10', '1/0/1@10']);
});

test('live pixels are painted without a request', async () => {
	await server.answerAll();
	pyramid.change({ from: 10, version: 11, pixels: [[3, 4, '#123456']] });
	expect(pyramid.slots.find({ z: 1, x: 0, y: 0 })?.shown?.image.color(3, 4)).toBe('#123456');
	expect(shown()).toEqual([11, 11]);
	expect(server.open).toEqual([]);
	expect(await isDone(pyramid.settled())).toBe(true);
});

test('a tile that was under way when pixels came shows them', async () => {
	pyramid.change({ from: 10, version: 11, pixels: [[3, 4, '#123456']] });
	expect(server.open).toContain('1/0/0@10');
	await server.answerAll();
	expect(pyramid.slots.find({ z: 1, x: 0, y: 0 })?.shown).toMatchObject({ version: 11 });
	expect(pyramid.slots.find({ z: 1, x: 0, y: 0 })?.shown?.image.color(3, 4)).toBe('#123456');
});

test('a changed region is read again; the old stays until then', async () => {
	await server.answerAll();
	await vi.advanceTimersByTimeAsync(1000);
	await server.answerAll();
	const old = pyramid.slots.find({ z: 1, x: 0, y: 0 })?.shown;
	pyramid.change({ from: 10, version: 12, region: { x: 0, y: 0, w: 5, h: 5 } });
	expect(server.open).toEqual(['1/0/0@12']);
	expect(pyramid.slots.find({ z: 1, x: 0, y: 0 })?.shown).toBe(old);
	expect(await isDone(pyramid.settled())).toBe(false);
	await server.answerAll();
	expect(shown()).toContain(12);
	expect(await isDone(pyramid.settled())).toBe(true);
});

test('a canvas that changes all the time is not read all the time', async () => {
	await server.answerAll();
	for (let version = 11; version < 40; version += 1) {
		pyramid.change({ from: version - 1, version, region: { x: 0, y: 0, w: 5, h: 5 } });
	}
	expect(server.open).toEqual([]);
	await vi.advanceTimersByTimeAsync(400);
	expect(server.open).toEqual(['1/0/0@39']);
});

test('while nobody looks, nothing is read, but pixels are painted', async () => {
	await server.answerAll();
	await vi.advanceTimersByTimeAsync(1000);
	await server.answerAll();
	pyramid.rest(true);
	pyramid.change({ from: 10, version: 11, pixels: [[3, 4, '#123456']] });
	pyramid.change({ from: 11, version: 12, region: { x: 0, y: 0, w: 5, h: 5 } });
	await vi.advanceTimersByTimeAsync(5000);
	expect(server.open).toEqual([]);
	expect(pyramid.slots.find({ z: 1, x: 0, y: 0 })?.shown?.image.color(3, 4)).toBe('#123456');
	pyramid.rest(false);
	expect(server.open).toEqual(['1/0/0@12']);
});

test('another moment is shown at once in all of the sight', async () => {
	await server.answerAll();
	pyramid.look({ kind: 'version', version: 4 });
	const settled = pyramid.settled();
	const [first, second] = server.asked;
	first?.answer();
	await turn();
	expect(shown()).toEqual([10, 10]);
	expect(await isDone(settled)).toBe(false);
	second?.answer();
	expect(await isDone(settled)).toBe(true);
	expect(shown()).toEqual([4, 4]);
});

test('what comes late is shown bit by bit', async () => {
	await server.answerAll();
	pyramid.look({ kind: 'version', version: 4 });
	server.asked.shift()?.answer();
	await turn();
	await vi.advanceTimersByTimeAsync(300);
	expect(shown().sort()).toEqual([10, 4]);
	expect(await isDone(pyramid.settled())).toBe(false);
});

test('moments that follow each other fast never stop the picture, and the last one is shown', async () => {
	await server.answerAll();
	for (let version = 1; version <= 6; version += 1) {
		pyramid.look({ kind: 'version', version });
		await vi.advanceTimersByTimeAsync(60);
		for (const one of server.asked.splice(0)) one.answer();
		await turn();
		if (version === 4) expect(Math.max(...shown().map((one) => one ?? 0))).toBeLessThan(10);
	}
	await server.answerAll();
	expect(shown()).toEqual([6, 6]);
});

test('back to now, what is remembered is painted and nothing is read', async () => {
	await server.answerAll();
	await vi.advanceTimersByTimeAsync(1000);
	await server.answerAll();
	pyramid.look({ kind: 'version', version: 10 });
	expect(await isDone(pyramid.settled())).toBe(true);
	pyramid.change({ from: 10, version: 11, pixels: [[3, 4, '#123456']] });
	expect(pyramid.slots.find({ z: 1, x: 0, y: 0 })?.shown?.image.color(3, 4)).toBe('#ffffff');
	pyramid.look({ kind: 'live' });
	expect(pyramid.slots.find({ z: 1, x: 0, y: 0 })?.shown?.image.color(3, 4)).toBe('#123456');
	expect(server.open).toEqual([]);
});

test('a tile that does not come is told, does not hold the rest, and is asked for again', async () => {
	const [first, second] = server.asked.splice(0);
	first?.fail(new ApiError(0, {}));
	second?.answer();
	await turn();
	expect(pyramid.failure()?.message).toBe('The server cannot be reached');
	expect(await isDone(pyramid.settled())).toBe(true);
	expect(server.open).toEqual([]);
	await vi.advanceTimersByTimeAsync(5500);
	expect(server.open).toContain('1/1/0@10');
	await server.answerAll();
	expect(pyramid.failure()).toBeNull();
});

test('what was refused for good is asked for again only by hand', async () => {
	server.asked.shift()?.fail(new ApiError(404, { detail: 'No such version' }));
	await server.answerAll();
	server.asked = [];
	await vi.advanceTimersByTimeAsync(20_000);
	expect(server.open).not.toContain('1/1/0@10');
	pyramid.retry();
	expect(server.open).toContain('1/1/0@10');
});

test('while full tiles are awaited, a coarser one stands in', () => {
	const wide = new TilePyramid({
		canvas: { width: 4096, height: 4096 },
		head: 1,
		tiles: () => server.fetchTile,
		changed: () => {},
	});
	server.asked = [];
	wide.see({ range: { z: 4, x0: 4, y0: 4, x1: 6, y1: 6 }, centre: { x: 1280, y: 1280 } });
	expect(server.open[0]).toBe('2/1/1@1');
	expect(server.open).toHaveLength(4);
});

test('tiles in memory are bounded', async () => {
	const image = new FakeImage();
	const small = new TilePyramid({
		canvas: { width: 4096, height: 256 },
		head: 1,
		tiles: () => server.fetchTile,
		changed: () => {},
		bytesMax: 5 * image.width * image.height * 4,
	});
	for (let x = 0; x < 16; x += 1) {
		small.see({ range: { z: 4, x0: x, y0: 0, x1: x + 1, y1: 1 }, centre: { x: x * 256, y: 0 } });
		await server.answerAll();
	}
	expect([...small.slots.all()].filter((slot) => slot.shown).length).toBeLessThanOrEqual(5);
	expect(small.slots.find({ z: 4, x: 15, y: 0 })?.shown).toBeTruthy();
});
