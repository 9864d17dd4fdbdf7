import { cleanup, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type CanvasStore, CanvasStoreContext, createCanvasStore } from '../canvas/store';
import type { Labelled } from '../canvas/title';
import { problem, renderWith, testServer } from '../testing';
import { CanvasPanel } from './CanvasPanel';

const ART: Labelled = {
	name: 'art',
	label: null,
	width: 4,
	height: 3,
	mode: 'rgb',
	background: '#ffffff',
	palette: null,
	cooldown_ms: 1500,
	created_at: '2026-01-01T00:00:00Z',
	updated_at: '2026-01-01T00:00:00Z',
	version: 12,
};
const STATS = { version: 12, entries: { pixel: 10, state: 2 }, authors: 3, log_bytes: 2048 };

let store: CanvasStore;

beforeEach(() => {
	store = createCanvasStore(ART);
	location.hash = '';
});
afterEach(cleanup);

/** A server that keeps tags. */
function show() {
	const tags = new Map<string, number>();
	const server = testServer(async (request) => {
		const { pathname } = new URL(request.url);
		if (pathname.endsWith('/stats')) return STATS;
		if (pathname.endsWith('/tags')) return { tags: [...tags].map(([tag, version]) => ({ tag, version })) };
		if (pathname.includes('/tags/')) {
			const tag = pathname.split('/').at(-1) ?? '';
			if (tag === 'Bad') return problem(422, 'bad-tag', '"Bad" is not a tag');
			if (request.method === 'DELETE') tags.delete(tag);
			else tags.set(tag, (await request.json()).version);
			return request.method === 'DELETE' ? new Response(null, { status: 204 }) : { tag, version: tags.get(tag) };
		}
		if (request.method === 'PATCH') return { ...ART, label: (await request.json()).label };
		return {};
	});
	renderWith(
		server.pixlog,
		<CanvasStoreContext value={store}>
			<CanvasPanel />
		</CanvasStoreContext>,
	);
	return server;
}

test('the facts are there, with what the server measured', async () => {
	show();
	const facts = screen.getByRole('region', { name: 'Facts' });
	await screen.findByText('12: 10 pixels, 2 states');
	expect(facts.textContent).toContain('Size4 × 3');
	expect(facts.textContent).toContain('Cooldown1.5 s');
	expect(facts.textContent).toContain('Log2 KiB');
});

test('the version that is shown is tagged, found by its picture, and untagged, which can be taken back', async () => {
	show();
	store.setState({ moment: { kind: 'version', version: 5 } });
	await userEvent.type(await screen.findByLabelText('Tag version 5'), 'best{Enter}');
	const tag = await screen.findByRole('button', { name: 'best 5' });
	expect(tag.querySelector('img')?.getAttribute('src')).toBe('/api/v1/canvases/art/image.png?version=5&fit=96');
	store.setState({ moment: { kind: 'live' } });
	await userEvent.click(tag);
	expect(store.getState().moment).toEqual({ kind: 'version', version: 5 });
	await userEvent.click(screen.getByRole('button', { name: 'Remove the tag best' }));
	await userEvent.click(await screen.findByRole('button', { name: 'Put it back' }));
	expect(await screen.findByRole('button', { name: 'best 5' })).toBeTruthy();
});

test('a tag that is refused says why at its field', async () => {
	show();
	await userEvent.type(await screen.findByLabelText('Tag version 12'), 'Bad{Enter}');
	expect(await screen.findByText('"Bad" is not a tag')).toBeTruthy();
});

test('another label is asked of the server and shown', async () => {
	const { asked } = show();
	await userEvent.click(screen.getByRole('button', { name: 'Label…' }));
	await userEvent.type(screen.getByLabelText('Label'), 'My art{Enter}');
	await vi.waitFor(() => expect(store.getState().canvas).toMatchObject({ label: 'My art' }));
	expect(asked.find(({ line }) => line === 'PATCH /api/v1/canvases/art')?.body).toEqual({ label: 'My art' });
});

test('a link leads to now or to the version that is shown, at this place', async () => {
	const user = userEvent.setup();
	const copied = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
	show();
	store.setState({ camera: { x: 2, y: 1.5, zoom: 8 } });
	const last = () => copied.mock.lastCall?.[0].split('#')[1];
	await user.click(screen.getByRole('button', { name: 'Copy the link' }));
	expect(last()).toBe('/c/art/2,1.5,8');
	await user.click(screen.getByRole('radio', { name: /Version 12/ }));
	await user.click(screen.getByRole('checkbox', { name: /At this place/ }));
	await user.click(screen.getByRole('button', { name: 'Copy the link' }));
	expect(last()).toBe('/c/art@12');
});
