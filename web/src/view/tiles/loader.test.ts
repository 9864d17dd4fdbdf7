import { expect, test, vi } from 'vitest';
import { TileLoader, type TileRequest } from './loader';
import { FakeImage, FakeServer, nameOf, turn } from './testing';

const request = (x: number, version = 1): TileRequest => ({ z: 3, x, y: 0, version });

function loading(flightsMax: number) {
	const server = new FakeServer();
	const loaded: string[] = [];
	const failed = vi.fn();
	const events = { loaded: (one: TileRequest) => loaded.push(nameOf(one)), failed };
	return { server, loaded, failed, loader: new TileLoader(server.fetchTile, events, flightsMax) };
}

test('a few at a time, the first ones first', async () => {
	const { server, loaded, loader } = loading(2);
	loader.want(
		[0, 1, 2, 3].map((x) => request(x)),
		() => true,
	);
	expect(server.open).toEqual(['3/0/0@1', '3/1/0@1']);
	server.asked.shift()?.answer();
	await turn();
	expect(loaded).toEqual(['3/0/0@1']);
	expect(server.open).toEqual(['3/1/0@1', '3/2/0@1']);
});

test('what is no longer of use is aborted, and makes room', async () => {
	const { server, loaded, failed, loader } = loading(1);
	loader.want([request(0)], () => true);
	const [first] = server.asked;
	loader.want([request(5)], ({ x }) => x === 5);
	expect(first?.signal.aborted).toBe(true);
	expect(server.open).toEqual(['3/5/0@1']);
	await turn();
	expect(loaded).toEqual([]);
	expect(failed).not.toHaveBeenCalled();
});

test('a newer version of a tile waits for the older one, which is told', async () => {
	const { server, loaded, loader } = loading(4);
	loader.want([request(0, 1)], () => true);
	loader.want([request(0, 2)], () => true);
	expect(server.open).toEqual(['3/0/0@1']);
	server.asked.shift()?.answer();
	await turn();
	expect(loaded).toEqual(['3/0/0@1']);
	expect(server.open).toEqual(['3/0/0@2']);
});

test('a picture that comes after its end is closed', async () => {
	const late = new FakeImage();
	let arrive = (_: FakeImage) => {};
	const fetchTile = () => new Promise<FakeImage>((resolve) => (arrive = resolve));
	const loaded = vi.fn();
	const loader = new TileLoader(fetchTile, { loaded, failed: vi.fn() });
	loader.want([request(0)], () => true);
	loader.close();
	arrive(late);
	await turn();
	expect(late.isClosed).toBe(true);
	expect(loaded).not.toHaveBeenCalled();
});

test('a failure is told, and the next one goes', async () => {
	const { server, failed, loader } = loading(1);
	loader.want([request(0), request(1)], () => true);
	server.asked.shift()?.fail(new Error('No'));
	await turn();
	expect(failed).toHaveBeenCalledWith(request(0), new Error('No'));
	expect(server.open).toEqual(['3/1/0@1']);
});
