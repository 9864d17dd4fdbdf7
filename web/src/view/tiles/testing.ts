import type { TileGrid, TileId } from './grid';
import type { TileImage } from './image';
import type { FetchTile, TileRequest } from './loader';
import { Slots } from './slots';

/** A picture for tests: what was put, by place. */
export class FakeImage implements TileImage {
	readonly source = null as unknown as CanvasImageSource;
	readonly put: TileImage['put'];
	readonly colors = new Map<string, string>();
	isClosed = false;

	constructor(
		readonly width = 256,
		readonly height = 256,
	) {
		this.put = (x, y, color) => this.colors.set(`${x},${y}`, color);
	}

	color(x: number, y: number): string {
		return this.colors.get(`${x},${y}`) ?? '#ffffff';
	}

	close(): void {
		this.isClosed = true;
	}
}

/** A server for tests: tells what is asked, and answers when it is told to. */
export class FakeServer {
	asked: { request: TileRequest; signal: AbortSignal; answer(image?: FakeImage): void; fail(error: Error): void }[] =
		[];

	readonly fetchTile: FetchTile = (request, signal) =>
		new Promise((resolve, reject) => {
			signal.addEventListener('abort', () => reject(signal.reason));
			this.asked.push({ request, signal, answer: (image = new FakeImage()) => resolve(image), fail: reject });
		});

	/** What was asked and not yet answered, as `z/x/y@version`. */
	get open(): string[] {
		return this.asked.filter(({ signal }) => !signal.aborted).map(({ request }) => nameOf(request));
	}

	/** Answers all that is asked, and what that leads to. */
	async answerAll(): Promise<void> {
		for (let round = 0; this.asked.length > 0 && round < 100; round += 1) {
			const asked = this.asked;
			this.asked = [];
			for (const { answer } of asked) answer();
			await turn();
		}
	}
}

export function nameOf({ z, x, y, version }: TileRequest): string {
	return `${z}/${x}/${y}@${version}`;
}

/** Until all that is ready to run has run. */
export async function turn(): Promise<void> {
	for (let at = 0; at < 10; at += 1) await Promise.resolve();
}

/** Slots with tiles of a version. */
export function slotsWith(grid: TileGrid, ids: TileId[], version: number): { slots: Slots; images: FakeImage[] } {
	const slots = new Slots(1 << 30);
	const images = ids.map((id) => {
		const step = grid.step(id.z);
		const { w, h } = grid.cellsOf(id);
		const image = new FakeImage(Math.ceil(w / step), Math.ceil(h / step));
		slots.set(slots.use(id), 'shown', { image, version });
		return image;
	});
	return { slots, images };
}
