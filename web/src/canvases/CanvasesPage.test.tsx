import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Labelled } from '../canvas/title';
import { problem, renderWith, testServer } from '../testing';
import { CanvasesPage } from './CanvasesPage';

const SOME: Labelled = {
	name: 'art',
	width: 4,
	height: 3,
	mode: 'rgb',
	background: '#ffffff',
	palette: null,
	cooldown_ms: 0,
	created_at: '2026-01-01T00:00:00Z',
	updated_at: '2026-01-01T00:00:00Z',
	version: 12,
};

let seen: (() => void) | undefined;

beforeEach(() => {
	location.hash = '';
	vi.stubGlobal(
		'IntersectionObserver',
		class {
			constructor(tell: (entries: { isIntersecting: boolean }[]) => void) {
				seen = () => tell([{ isIntersecting: true }]);
			}
			observe() {}
			disconnect() {}
		},
	);
});
afterEach(() => {
	cleanup();
	vi.unstubAllGlobals();
});

test('the list goes on by the links of the server when its end is seen, and each canvas is there once', async () => {
	const { pixlog, asked } = testServer((request) =>
		request.url.includes('before=1')
			? { canvases: [{ ...SOME, name: 'old' }] }
			: { canvases: [{ ...SOME, label: 'My art' }], next: '/api/v1/canvases?limit=60&before=1' },
	);
	renderWith(pixlog, <CanvasesPage />);
	expect((await screen.findByRole('article', { name: 'My art' })).querySelector('img')?.getAttribute('src')).toBe(
		'/api/v1/canvases/art/image.png?version=12&fit=256',
	);
	seen?.();
	await screen.findByRole('article', { name: 'old' });
	expect(screen.getAllByRole('article')).toHaveLength(2);
	expect(asked.map(({ line }) => line)).toEqual([
		'GET /api/v1/canvases?limit=60',
		'GET /api/v1/canvases?limit=60&before=1',
	]);
	expect(screen.queryByRole('button', { name: 'Load more' })).toBeNull();
});

test('canvases are found by name and by label', async () => {
	const { pixlog } = testServer(() => ({
		canvases: [
			{ ...SOME, label: 'My house' },
			{ ...SOME, name: 'tree' },
		],
	}));
	renderWith(pixlog, <CanvasesPage />);
	await userEvent.type(await screen.findByRole('searchbox', { name: 'Find' }), 'HOUSE');
	expect(screen.getAllByRole('article')).toHaveLength(1);
	expect(screen.getByText('1 of 2 loaded')).toBeTruthy();
});

test('where there is nothing, one is shown what to do', async () => {
	const { pixlog, asked } = testServer((request) =>
		request.method === 'POST' ? Response.json({ id: 7 }, { status: 202 }) : { canvases: [] },
	);
	renderWith(pixlog, <CanvasesPage />);
	await userEvent.click(await screen.findByRole('button', { name: 'Watch a picture fill itself' }));
	expect(asked.at(-1)?.body).toMatchObject({ width: 128, height: 128 });
	await waitFor(() => expect(location.hash).toBe('#/runs/7'));
});

test('a list that did not come says why, and comes when asked again', async () => {
	let isDown = true;
	const { pixlog } = testServer(() => (isDown ? problem(503, 'stopping', 'the server stops') : { canvases: [SOME] }));
	renderWith(pixlog, <CanvasesPage />);
	expect((await screen.findByRole('alert')).textContent).toContain('The server stops');
	isDown = false;
	await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
	await screen.findByRole('article', { name: 'art' });
});

test('a name is judged while it is typed, and a refusal stands at its field', async () => {
	const { pixlog } = testServer((request) =>
		request.method === 'POST' ? problem(409, 'name-taken', 'the name art is taken') : { canvases: [SOME] },
	);
	renderWith(pixlog, <CanvasesPage />);
	await userEvent.click(await screen.findByRole('button', { name: 'New canvas' }));
	const name = screen.getByLabelText('Name');
	await userEvent.type(name, 'Art');
	expect(name.getAttribute('aria-invalid')).toBe('true');
	await userEvent.clear(name);
	await userEvent.type(name, 'art{Enter}');
	await screen.findByText('The name art is taken');
	expect(name.getAttribute('aria-invalid')).toBe('true');
	expect(location.hash).toBe('');
});

test('a canvas is deleted after the question, and not before', async () => {
	let canvases = [SOME];
	const { pixlog, asked } = testServer((request) => {
		if (request.method !== 'DELETE') return { canvases };
		canvases = [];
		return new Response(null, { status: 204 });
	});
	renderWith(pixlog, <CanvasesPage />);
	const user = userEvent.setup();
	await user.click(await screen.findByRole('button', { name: 'More about art' }));
	await user.click(await screen.findByRole('menuitem', { name: 'Delete…' }));
	expect(screen.getByRole('alertdialog').textContent).toContain('The canvas art goes');
	expect(asked.some(({ line }) => line.startsWith('DELETE'))).toBe(false);
	await user.click(screen.getByRole('button', { name: 'Delete it for good' }));
	await screen.findByText('Nothing is drawn yet');
	expect(asked.some(({ line }) => line === 'DELETE /api/v1/canvases/art')).toBe(true);
});

test('files that are dropped anywhere are taken, and what is none of ours is refused in words', async () => {
	const { pixlog } = testServer(() => ({ canvases: [SOME] }));
	renderWith(pixlog, <CanvasesPage />);
	await screen.findByRole('article');
	const dataTransfer = { types: ['Files'], files: [new File(['x'], 'notes.txt', { type: 'text/plain' })] };
	fireEvent.dragEnter(document.body, { dataTransfer });
	expect(screen.getByText(/Drop pictures/)).toBeTruthy();
	fireEvent.drop(document.body, { dataTransfer });
	expect(screen.queryByText(/Drop pictures/)).toBeNull();
	expect((await screen.findByRole('alert')).textContent).toContain('Only PNG, JPEG, GIF and WebP pictures');
});
