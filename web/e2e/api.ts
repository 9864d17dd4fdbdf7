import { setTimeout as sleep } from 'node:timers/promises';

type Pixel = [x: number, y: number, color: string];

/** As far as a test looks at it. */
export interface RunState {
	id: number;
	canvas: string;
	status: string;
	pixels: number;
	progression: number;
	images: { percent: number; version: number; url: string }[];
}

/** What tests ask the server for directly, beside what they do in the page. */
export function apiOf(url: string) {
	const base = `${url}/api/v1`;
	const send = async (method: string, path: string, body?: unknown) => {
		const init = body === undefined ? { method } : { method, body: JSON.stringify(body), headers: JSON_TYPE };
		const response = await fetch(`${base}${path}`, init);
		if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
		return response;
	};
	const json = async (method: string, path: string, body?: unknown) => (await send(method, path, body)).json();
	return {
		get: (path: string) => json('GET', path),
		create: (canvas: { name: string; label?: string; width: number; height: number }): Promise<unknown> =>
			json('POST', '/canvases', canvas),
		/** Which version it became. */
		async draw(name: string, pixels: Pixel[], author = 'test'): Promise<number> {
			return (await json('POST', `/canvases/${name}/pixels`, { pixels, author })).version;
		},
		tag: (name: string, tag: string, version: number): Promise<unknown> =>
			send('PUT', `/canvases/${name}/tags/${tag}`, { version }),
		async bytes(path: string): Promise<Buffer> {
			return Buffer.from(await (await send('GET', path)).arrayBuffer());
		},
		startRun: (run: object): Promise<RunState> => json('POST', '/runs', run),
		run: (id: number): Promise<RunState> => json('GET', `/runs/${id}`),
		/** When it is complete. */
		async completed(id: number): Promise<RunState> {
			for (;;) {
				const run: RunState = await json('GET', `/runs/${id}`);
				if (run.status === 'completed') return run;
				if (run.status !== 'running') throw new Error(`Run ${id} is ${run.status}`);
				await sleep(50);
			}
		},
	};
}

const JSON_TYPE = { 'Content-Type': 'application/json' };
