import type { ApiError } from '../../client';
import { keyOf, type TileId } from './grid';
import type { TileImage } from './image';
import type { Sheet } from './sheet';

/** A tile as it was at a version. */
export interface TileRequest extends TileId {
	version: number;
	/** Where it comes together with others. */
	sheet?: Sheet;
}

export type FetchTile = (request: TileRequest, signal: AbortSignal) => Promise<TileImage>;

export interface LoaderEvents {
	loaded(request: TileRequest, image: TileImage): void;
	failed(request: TileRequest, error: ApiError | Error): void;
}

interface Flight {
	request: TileRequest;
	abort: AbortController;
}

/**
 * Loads tiles, a few at a time. A tile is in flight once: a newer version of it waits for the older one, which is worth
 * showing meanwhile, so that something is seen however fast versions follow each other.
 */
export class TileLoader {
	#flights = new Map<number, Flight>();
	#queue: TileRequest[] = [];

	/** @param flightsMax leaves some of a browser's six connections to the feed and to other requests */
	constructor(
		readonly fetchTile: FetchTile,
		readonly events: LoaderEvents,
		readonly flightsMax = 4,
	) {}

	/**
	 * Loads these, the first ones first, and none that were asked for before. What is in flight goes on where `isOfUse`
	 * says so, else it is aborted.
	 */
	want(requests: TileRequest[], isOfUse: (id: TileId) => boolean): void {
		for (const [key, { request, abort }] of this.#flights) {
			if (isOfUse(request)) continue;
			abort.abort();
			this.#flights.delete(key);
		}
		this.#queue = requests;
		this.#start();
	}

	isLoading = (id: TileId): boolean => this.#flights.has(keyOf(id));

	close(): void {
		this.want([], () => false);
	}

	#start(): void {
		const waiting: TileRequest[] = [];
		for (const request of this.#queue) {
			const key = keyOf(request);
			if (this.#flights.has(key) || (!request.sheet && this.#single() >= this.flightsMax)) waiting.push(request);
			else void this.#fly(key, request);
		}
		this.#queue = waiting;
	}

	/** Those of a sheet are one request together. */
	#single(): number {
		return [...this.#flights.values()].filter(({ request }) => !request.sheet).length;
	}

	async #fly(key: number, request: TileRequest): Promise<void> {
		const flight = { request, abort: new AbortController() };
		this.#flights.set(key, flight);
		const answer = await this.fetchTile(request, flight.abort.signal).catch((error: unknown) =>
			error instanceof Error ? error : new Error(String(error)),
		);
		if (this.#flights.get(key) !== flight) {
			// It was aborted, and may have come all the same.
			if (!(answer instanceof Error)) answer.close();
			return;
		}
		this.#flights.delete(key);
		if (answer instanceof Error) this.events.failed(request, answer);
		else this.events.loaded(request, answer);
		this.#start();
	}
}
