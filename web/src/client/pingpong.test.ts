// @vitest-environment node
import { expect, test } from 'vitest';
import { fakeServer, json, stream } from './fakeServer';
import { currentPictures, handOver, readProgress, startPingPong } from './pingpong';

async function names(pictures: AsyncIterable<{ name: string }>): Promise<string[]> {
	const all: string[] = [];
	for await (const { name } of pictures) all.push(name);
	return all;
}

test('pictures of a run come one by one, while it goes', async () => {
	const answer = stream('application/json');
	const { pixlog, requests } = fakeServer(() => answer.response);
	const pictures = startPingPong(pixlog, { width: 8, height: 4, granular: 50, seed: 7 });
	const first = pictures.next();
	for (const piece of ['{"generate_', 'images":', '[', '{"myImg_50', '.png":"iVBO', 'Rw0="}']) answer.send(piece);
	expect((await first).value).toEqual({ name: 'myImg_50.png', percent: 50, url: 'data:image/png;base64,iVBORw0=' });
	const second = pictures.next();
	answer.send('\n,{"myImg_100.png":"iVBORw1="}]}');
	answer.end();
	expect((await second).value).toMatchObject({ percent: 100 });
	expect((await pictures.next()).done).toBe(true);
	expect(requests[0]?.path).toBe('/?init=1&width=8&height=4&granular=50&seed=7&images=inline');
	expect(requests[0]?.headers.get('Accept')).toBe('application/json');
});

test('a list may be empty, or have all in one piece', async () => {
	const list = (items: unknown[]) => fakeServer(() => json({ generate_images: items })).pixlog;
	expect(await names(currentPictures(list([])))).toEqual([]);
	const three = [{ 'myImg_1.png': 'a' }, { 'myImg_2.png': 'b' }, { 'myImg_3.png': 'c' }];
	expect(await names(currentPictures(list(three)))).toEqual(['myImg_1.png', 'myImg_2.png', 'myImg_3.png']);
});

test('addresses of pictures are those of the server', async () => {
	const { pixlog, requests } = fakeServer(() => json({ generate_images: [{ 'myImg_5.png': '/api/x?version=1' }] }));
	const { value } = await currentPictures(pixlog, { images: 'url' }).next();
	expect(value).toEqual({ name: 'myImg_5.png', percent: 5, url: 'http://server/api/x?version=1' });
	expect(requests[0]?.path).toBe('/?images=url');
});

test('a list without its end is an error, not a short list', async () => {
	for (const text of ['{"generate_images":[', '{"generate_images":[{"myImg_5.png":"a"}', '']) {
		const { pixlog } = fakeServer(() => new Response(text));
		await expect(names(currentPictures(pixlog))).rejects.toThrow('The answer was cut off before the run had ended');
	}
});

test('a connection that is lost is an error in words; an end by the caller is his own', async () => {
	const lost = stream('application/json');
	lost.send('{"generate_images":[{"myImg_5.png":"a"}');
	const pictures = currentPictures(fakeServer(() => lost.response).pixlog);
	await pictures.next();
	lost.fail();
	await expect(pictures.next()).rejects.toMatchObject({ status: 0, message: /cut off/ });

	const stop = new AbortController();
	const endless = stream('application/json');
	const waiting = names(currentPictures(fakeServer(() => endless.response).pixlog, { signal: stop.signal }));
	stop.abort(new Error('enough'));
	await expect(waiting).rejects.toThrow('enough');
});

test('who takes no more pictures gives the connection back', async () => {
	const answer = stream('application/json');
	const { pixlog } = fakeServer(() => answer.response);
	answer.send('{"generate_images":[{"myImg_5.png":"a"},');
	for await (const _ of startPingPong(pixlog, { width: 8, height: 8 })) break;
	expect(answer.isCancelled()).toBe(true);
});

test('progress is asked for without its picture, or with it', async () => {
	const { pixlog, requests } = fakeServer((_, number) =>
		json({ progression: 42, generate_images: number === 1 ? ['myImg_40.png'] : [{ 'myImg_40.png': 'abc' }] }),
	);
	expect(await readProgress(pixlog)).toEqual({ progression: 42, newest: null });
	expect((await readProgress(pixlog, { images: 'inline' })).newest?.url).toBe('data:image/png;base64,abc');
	expect(requests.map(({ path }) => path)).toEqual(['/progress?images=none', '/progress?images=inline']);
});

test('a state is handed over as a form; the way to the pictures says that it is complete', async () => {
	const { pixlog, requests } = fakeServer((_, number) => {
		const response = json(number === 1 ? { progression: 50 } : { generate_images: [] });
		if (number === 2) Object.defineProperty(response, 'redirected', { value: true });
		return response;
	});
	expect(await handOver(pixlog, 'ping', { file: 'a+b=', hops: 2 })).toEqual({ progression: 50 });
	expect(await handOver(pixlog, 'pong', { file: 'x', imagePath: 'y.png' })).toEqual({ progression: 100 });
	expect(requests.map(({ path, body }) => [path, body])).toEqual([
		['/ping', 'file=a%2Bb%3D&image_path=&hops=2'],
		['/pong', 'file=x&image_path=y.png'],
	]);
	expect(requests[0]?.headers.get('Content-Type')).toMatch(/^application\/x-www-form-urlencoded/);
});
