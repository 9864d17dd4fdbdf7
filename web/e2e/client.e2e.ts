import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
	type CanvasBody,
	createPixlog,
	currentHistory,
	currentPictures,
	currentState,
	data,
	decodeRows,
	encodeRows,
	follow,
	handOver,
	newKey,
	type Pixel,
	type Pixlog,
	readLog,
	readProgress,
	startPingPong,
	writePixels,
} from '../src/client';
import { type Server, startServer } from './server';

let server: Server;
let pixlog: Pixlog;
beforeEach(async () => {
	server = await startServer();
	pixlog = createPixlog({ baseUrl: server.url, retries: 40, delayMs: 20, maxWaitMs: 2000 });
});
afterEach(() => server?.remove());

const SIDE = 64;

function create(body: { mode?: 'rgb' | 'rgba' } = {}): Promise<CanvasBody> {
	return data(pixlog.api.POST('/api/v1/canvases', { body: { name: 'art', width: SIDE, height: SIDE, ...body } }));
}

const pixel = (index: number): Pixel => [index % SIDE, Math.floor(index / SIDE), '#c2410c'];

/** Writes pixels 0 to `count`, one a call, several calls at once. */
async function writeAll(count: number, lanes: number): Promise<void> {
	let next = 0;
	const lane = async () => {
		while (next < count) {
			next += 1;
			await writePixels(pixlog, 'art', [pixel(next - 1)]);
		}
	};
	await Promise.all(Array.from({ length: lanes }, lane));
}

async function killAgainAndAgain(isDone: () => boolean): Promise<number> {
	for (let kills = 0; ; kills += 1) {
		await sleep(60 + 120 * Math.random());
		if (isDone() && kills > 0) return kills;
		await server.kill();
		await server.start();
	}
}

/** Runs a piece of work on a server that is killed meanwhile, at least once; says how often. */
async function whileKilled(work: Promise<void>): Promise<number> {
	let isDone = false;
	const ending = work.finally(() => {
		isDone = true;
	});
	const [kills] = await Promise.all([killAgainAndAgain(() => isDone), ending]);
	return kills;
}

test('writes that were repeated through kills are there exactly once', async () => {
	const canvas = await create();
	const count = 600;
	const kills = await whileKilled(writeAll(count, 8));
	expect(kills).toBeGreaterThan(0);
	const log = await readLog(pixlog, canvas, 0);
	expect(log.version).toBe(count);
	expect(new Set(log.cells).size).toBe(count);
});

test('followed through kills, no change is missed or told twice', async () => {
	const canvas = await create();
	const count = 600;
	const cells: number[] = [];
	const states: string[] = [];
	const gaps: string[] = [];
	let reached = 0;
	const end = follow(
		pixlog,
		{ canvases: { art: 0 } },
		{
			pixels(event) {
				if (event.from !== reached) gaps.push(`${event.from} follows ${reached}`);
				reached = event.version;
				cells.push(...event.pixels.map(([x, y]) => y * SIDE + x));
			},
			connection: (state) => states.push(state),
			failed: (error) => gaps.push(error.message),
		},
	);
	await whileKilled(writeAll(count, 8));
	await expect.poll(() => reached, { timeout: 20_000 }).toBe(count);
	end();
	expect(gaps).toEqual([]);
	expect(states.filter((state) => state === 'waiting').length).toBeGreaterThan(0);
	expect(cells).toEqual([...(await readLog(pixlog, canvas, 0)).cells]);
});

test('the same key does a write once, also after a kill', async () => {
	await create();
	const key = newKey();
	const first = await writePixels(pixlog, 'art', [pixel(0)], { key });
	await server.kill();
	await server.start();
	expect(await writePixels(pixlog, 'art', [pixel(0)], { key })).toEqual(first);
	await expect(writePixels(pixlog, 'art', [pixel(1)], { key })).rejects.toMatchObject({ code: 'key-reused' });
	await expect(writePixels(pixlog, 'art', [pixel(1)], { ifHead: 0 })).rejects.toMatchObject({ status: 412 });
});

test('a canvas that was deleted while nobody was connected ends what follows it, and the other goes on', async () => {
	await create();
	const other = await data(pixlog.api.POST('/api/v1/canvases', { body: { width: 1, height: 1 } }));
	const told: string[] = [];
	const end = follow(
		pixlog,
		{ canvases: { art: 0, [other.name]: 0 } },
		{
			deleted: ({ canvas }) => told.push(`${canvas} deleted`),
			pixels: ({ canvas, version }) => told.push(`${canvas} ${version}`),
			connection: (state) => told.push(state),
		},
	);
	await expect.poll(() => told).toContain('open');
	await server.kill();
	await expect.poll(() => told).toContain('waiting');
	await server.start();
	await pixlog.request('/api/v1/canvases/art', { method: 'DELETE' });
	await writePixels(pixlog, other.name, [[0, 0, '#ff0000']]);
	await expect.poll(() => told, { timeout: 20_000 }).toContain(`${other.name} 1`);
	end();
	expect(told).toContain('art deleted');
});

test.each(['rgb', 'rgba'] as const)('rows of %s are read as they were written', async (mode) => {
	const canvas = await create({ mode });
	const rows = encodeRows([pixel(70), pixel(3)], canvas);
	const headers = { 'Content-Type': 'application/octet-stream' };
	await pixlog.request('/api/v1/canvases/art/pixels', { method: 'POST', headers, body: rows });
	const { cells, colors, version, state } = await readLog(pixlog, canvas, 0);
	expect({ cells, colors }).toEqual(decodeRows(rows.buffer, mode));
	expect({ version, state }).toEqual({ version: 2, state: null });
});

test('a run whose server is killed is told as cut off, and is there again after a start', async () => {
	const pictures = startPingPong(pixlog, { width: 1000, height: 1000, granular: 1 });
	await pictures.next();
	await server.kill();
	const rest = async () => {
		for await (const _ of pictures);
	};
	await expect(rest()).rejects.toMatchObject({ status: 0, message: /cut off/ });
	await server.start();
	await expect.poll(async () => (await readProgress(pixlog)).progression, { timeout: 20_000 }).toBe(100);
});

test('the calls of the original service', async () => {
	const percents: number[] = [];
	for await (const { percent, url } of startPingPong(pixlog, { width: 20, height: 10, granular: 25, seed: 7 })) {
		expect(url).toMatch(/^data:image\/png;base64,iVBORw0KGgo/);
		percents.push(percent);
	}
	expect(percents).toEqual([25, 50, 75, 100]);
	expect(await readProgress(pixlog)).toEqual({ progression: 100, newest: null });
	const { newest } = await readProgress(pixlog, { images: 'url' });
	expect((await fetch(newest?.url ?? '')).headers.get('Content-Type')).toBe('image/png');
	expect((await currentHistory(pixlog, { limit: 3 })).version).toBe(200);

	const half = await currentState(pixlog, 198);
	expect(await handOver(pixlog, 'ping', { file: half.image, hops: 1 })).toEqual({ progression: 99 });
	const nearly = await currentState(pixlog, 199);
	expect(await handOver(pixlog, 'pong', { file: nearly.image })).toEqual({ progression: 100 });
	const again: string[] = [];
	for await (const { name } of currentPictures(pixlog)) again.push(name);
	expect(again.length).toBeGreaterThan(0);
});
