import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';
import { CanvasStoreContext, createCanvasStore } from '../canvas/store';
import { ApiError } from '../client';
import { renderWith, testServer } from '../testing';
import { useShortcut, useShortcutKeys } from '../ui/shortcuts';
import { Connection } from './Connection';
import { ErrorBoundary } from './ErrorBoundary';
import { Failure } from './Failure';
import { Header } from './Header';
import { spokenKeys } from './keys';

afterEach(cleanup);

function Page({ run }: { run(): void }) {
	useShortcutKeys();
	useShortcut({ keys: 'ctrl+z', label: 'Take back', group: 'Drawing', run });
	return <Header page="canvas" />;
}

function Second() {
	useShortcut({ keys: 'ctrl+z', label: 'Something else', group: 'Time', run: () => {} });
	return null;
}

function Breakable({ state }: { state: { isBroken: boolean } }) {
	if (state.isBroken) throw new Error('No such thing');
	return <p>Whole again</p>;
}

test('the help sheet opens by its key and lists what keys do, in groups', async () => {
	const { pixlog } = testServer(() => ({}));
	renderWith(pixlog, <Page run={() => {}} />);
	await userEvent.keyboard('?');
	const help = await screen.findByRole('dialog', { name: 'Help' });
	expect(help.textContent).toContain('DrawingCtrl ZTake back');
	expect(help.textContent).toContain('Everywhere?Show this help');
	await userEvent.keyboard('{Escape}');
	expect(screen.queryByRole('dialog')).toBeNull();
});

test('of two with the same keys the sheet lists the one that acts', async () => {
	const { pixlog } = testServer(() => ({}));
	renderWith(
		pixlog,
		<>
			<Page run={() => {}} />
			<Second />
		</>,
	);
	await userEvent.click(screen.getByRole('button', { name: 'Help' }));
	expect(screen.queryByText('Take back')).toBeNull();
	expect(screen.getByText('Something else')).toBeTruthy();
});

test.each([
	['ctrl+shift+z', 'Ctrl Shift Z'],
	['+', '+'],
	['ctrl++', 'Ctrl +'],
	['shift+arrowleft', 'Shift ←'],
	[' ', 'Space'],
])('the keys %s are written %s', (keys, words) => {
	expect(spokenKeys(keys)).toBe(words);
});

test('what breaks takes its page away, and comes back when asked again', async () => {
	vi.spyOn(console, 'error').mockImplementation(() => {});
	const state = { isBroken: true };
	render(
		<ErrorBoundary>
			<Breakable state={state} />
		</ErrorBoundary>,
	);
	expect(screen.getByRole('heading', { name: 'This page broke' })).toBeTruthy();
	expect(screen.getByRole('link', { name: 'All canvases' }).getAttribute('href')).toBe('#/');
	state.isBroken = false;
	await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
	expect(screen.getByText('Whole again')).toBeTruthy();
});

test('what is gone is said to be gone, and names the tab', () => {
	render(<Failure error={new ApiError(410, { detail: 'art was deleted' })} retry={() => {}} />);
	expect(screen.getByRole('heading', { name: 'It was deleted' })).toBeTruthy();
	expect(document.title).toBe('It was deleted · pixlog');
});

test('the state of the connection is said in words', () => {
	const store = createCanvasStore({
		name: 'art',
		width: 1,
		height: 1,
		mode: 'rgb',
		background: '#ffffff',
		cooldown_ms: 0,
		created_at: '2026-01-01T00:00:00Z',
		updated_at: '2026-01-01T00:00:00Z',
		version: 0,
	});
	const shown = () => {
		cleanup();
		render(
			<CanvasStoreContext value={store}>
				<Connection />
			</CanvasStoreContext>,
		);
		return screen.getByRole('status').textContent;
	};
	expect(shown()).toBe('Connecting…');
	store.setState({ connection: 'open' });
	expect(shown()).toBe('Live');
	store.setState({ connection: 'waiting' });
	expect(shown()).toBe('Offline: trying again');
	store.setState({ refusal: new ApiError(401, {}) });
	expect(shown()).toBe('Not followed');
});
