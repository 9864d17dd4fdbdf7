import { data, type Pixlog } from './client';
import { picture, type RunPicture, readPictures } from './pictures';
import type { HistoryPage, operations, ProgressionBody, State } from './schema';

/** What a run of the original service is started with, and what was added to it. */
export interface PingPongSpec {
	width: number;
	height: number;
	/** A picture at each so many percent; 5 where nothing is said. */
	granular?: number;
	/** How many pixels a hand-over adds; 1 where nothing is said. */
	pixelsPerHop?: number;
	/** How the endpoints hand over; `local` where nothing is said. */
	exchange?: 'local' | 'http';
	/** Makes the run repeatable. */
	seed?: number;
}

export interface PingPongOptions {
	/** Ends the waiting. The run itself goes on. */
	signal?: AbortSignal;
	/** Pictures as addresses in place of data URLs. */
	images?: 'inline' | 'url';
}

const JSON_WANTED = { Accept: 'application/json' };

/** `GET /?init=1`: starts a run and gives its pictures as they come. Never repeated by itself: that would be another run. */
export async function* startPingPong(
	pixlog: Pixlog,
	spec: PingPongSpec,
	options: PingPongOptions = {},
): AsyncGenerator<RunPicture, void> {
	const { width, height, granular, pixelsPerHop, exchange, seed } = spec;
	const query = queryOf({ init: 1, width, height, granular, pixels_per_hop: pixelsPerHop, exchange, seed });
	yield* pictures(pixlog, query, options);
}

/** `GET /`: the pictures of the current run, as far as it is. */
export async function* currentPictures(
	pixlog: Pixlog,
	options: PingPongOptions = {},
): AsyncGenerator<RunPicture, void> {
	yield* pictures(pixlog, queryOf({}), options);
}

async function* pictures(pixlog: Pixlog, query: URLSearchParams, { images = 'inline', signal }: PingPongOptions) {
	query.set('images', images);
	// An answer that is as old as another run would pass for this one.
	const init = { headers: JSON_WANTED, cache: 'no-store' as const, ...(signal ? { signal } : {}) };
	yield* readPictures(await pixlog.request(`/?${query}`, init), pixlog.baseUrl);
}

export interface PingPongProgress {
	/** Percent of the cells that are not white. */
	progression: number;
	/** The newest picture, where it was asked for and there is one. */
	newest: RunPicture | null;
}

/** `GET /progress`: how far the current run is. Answers at once. */
export async function readProgress(
	pixlog: Pixlog,
	{ images = 'none', signal }: { images?: 'inline' | 'url' | 'none'; signal?: AbortSignal } = {},
): Promise<PingPongProgress> {
	const params = { query: { images } };
	const body = await data(pixlog.api.GET('/progress', { params, ...(signal ? { signal } : {}) }));
	const [newest] = body.generate_images;
	return {
		progression: body.progression,
		newest: newest === undefined || typeof newest === 'string' ? null : picture(newest, pixlog.baseUrl),
	};
}

type CurrentHistoryQuery = NonNullable<operations['getCurrentHistory']['parameters']['query']>;

/** `GET /history`: how the current canvas came to be. Its `version` is how many entries there are. */
export function currentHistory(pixlog: Pixlog, query: CurrentHistoryQuery = {}): Promise<HistoryPage> {
	return data(pixlog.api.GET('/history', { params: { query } }));
}

/** `GET /history/{version}`: the current canvas at a version. */
export function currentState(pixlog: Pixlog, version: number): Promise<State> {
	return data(pixlog.api.GET('/history/{version}', { params: { path: { version } } }));
}

/** A state to be handed over: the base64 of a PNG, and a label that nothing is done with. */
export interface HandOver {
	file: string;
	imagePath?: string;
	/** Stops after so many pixels; without it the image is completed. */
	hops?: number;
}

/** `POST /ping` or `/pong`. Not repeatable: what an earlier sending began goes on in the server. */
export async function handOver(
	pixlog: Pixlog,
	to: 'ping' | 'pong',
	{ file, imagePath = '', hops }: HandOver,
): Promise<ProgressionBody> {
	const body = queryOf({ file, image_path: imagePath, hops });
	const response = await pixlog.request(`/${to}`, { method: 'POST', body, headers: JSON_WANTED });
	if (!response.redirected) return response.json();
	// A complete image is answered with the way to the pictures.
	await response.body?.cancel();
	return { progression: 100 };
}

function queryOf(values: Record<string, string | number | undefined>): URLSearchParams {
	const entries = Object.entries(values).flatMap(([name, value]) =>
		value === undefined ? [] : [[name, String(value)]],
	);
	return new URLSearchParams(entries);
}
