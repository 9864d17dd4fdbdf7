import type { Feed, FeedListener } from '../canvas/feed';
import { createCanvasStore } from '../canvas/store';
import type { CanvasBody } from '../client';
import { createPixlog } from '../client';
import type { Layer, PointerTool, View } from '../view/view';
import { Drawing } from './drawing';
import { FakeBrowser, FakeServer } from './outbox/fakes';
import { Outbox } from './outbox/outbox';

export const ART: CanvasBody = {
	name: 'art',
	width: 400,
	height: 300,
	mode: 'rgb',
	background: '#ffffff',
	palette: null,
	cooldown_ms: 0,
	created_at: '2026-01-01T00:00:00Z',
	updated_at: '2026-01-01T00:00:00Z',
	version: 0,
};

/** A view that shows nothing and keeps what it was given. */
export class FakeView implements View {
	tool: PointerTool | null = null;
	layers = new Map<string, Layer>();
	color: string | null = null;
	isSettled = Promise.resolve();

	setLayer(id: string, layer: Layer | null): void {
		if (layer) this.layers.set(id, layer);
		else this.layers.delete(id);
	}
	setTool(tool: PointerTool | null): void {
		this.tool = tool;
	}
	repaint(): void {}
	size() {
		return { width: 800, height: 600 };
	}
	toCell(x: number, y: number) {
		return { x, y };
	}
	colorAt(): string | null {
		return this.color;
	}
	fit(): void {}
	moveTo(): void {}
	zoomBy(): void {}
	settled(): Promise<void> {
		return this.isSettled;
	}
}

/** Drawing on a canvas with a server, a feed and a view that tests steer. */
export function openDrawing(canvas: CanvasBody = ART) {
	const browser = new FakeBrowser();
	const server = new FakeServer();
	const view = new FakeView();
	const listeners = new Set<FeedListener>();
	const feed: Feed = {
		subscribe(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
	};
	const tell = (version: number) => {
		for (const listener of listeners) listener.pixels?.({ canvas: canvas.name, from: 0, version, pixels: [] });
	};
	const store = createCanvasStore(canvas);
	const outbox = new Outbox(canvas.name, { storage: browser.storage, tabs: browser.tab('a'), send: server.send });
	const drawing = new Drawing({ pixlog: createPixlog(), store, feed, view, outbox });
	return { drawing, server, view, feed, store, tell, browser };
}

/** Drags a tool over cells; with what is held down meanwhile. */
export function drag(tool: PointerTool | null, cells: [number, number][], held: PointerEventInit = {}): void {
	const points = cells.map(([x, y]) => ({ x, y }));
	const [first = { x: 0, y: 0 }] = points;
	tool?.down(first, new PointerEvent('pointerdown', held));
	for (const point of points.slice(1)) tool?.move([point], new PointerEvent('pointermove', held));
	tool?.up(points.at(-1) ?? first, new PointerEvent('pointerup', held));
}
