import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Tooltip } from 'radix-ui';
import type { ReactNode } from 'react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CanvasStoreContext } from '../canvas/store';
import { ApiError } from '../client';
import { Notices } from '../ui/notices';
import { useShortcutKeys } from '../ui/shortcuts';
import { ViewContext } from '../view/view';
import { BackToNow } from './BackToNow';
import { DrawingContext } from './DrawingContext';
import { ColorControls } from './palette/ColorControls';
import { SaveStatus } from './SaveStatus';
import { SizeControl } from './SizeControl';
import { setSettings, useSettings } from './settings';
import { ToolButtons } from './ToolButtons';
import { ART, drag, openDrawing } from './testing';
import { useTool } from './tools/tools';
import { UndoButtons } from './UndoButtons';
import { useToolInHand } from './useToolInHand';

let stop: () => void = () => {};

beforeEach(() => {
	localStorage.clear();
	sessionStorage.clear();
	useTool.setState({ tool: 'pan', before: 'pencil' });
	setSettings({ primary: '#ff0000', secondary: '#ffffff', size: 1, palette: null });
});
afterEach(() => {
	cleanup();
	stop();
});

function Keys({ children }: { children: ReactNode }) {
	useShortcutKeys();
	return children;
}

function InHand({ drawing }: { drawing: ReturnType<typeof openDrawing>['drawing'] }) {
	useToolInHand(drawing);
	return null;
}

function show(canvas = ART) {
	const opened = openDrawing(canvas);
	stop = opened.drawing.start();
	render(
		<Tooltip.Provider>
			<CanvasStoreContext value={opened.store}>
				<ViewContext value={opened.view}>
					<DrawingContext value={opened.drawing}>
						<div id="page-header" />
						<Keys>
							<InHand drawing={opened.drawing} />
							<BackToNow />
							<ToolButtons />
							<UndoButtons />
							<ColorControls />
							<SizeControl />
							<SaveStatus />
						</Keys>
						<Notices />
					</DrawingContext>
				</ViewContext>
			</CanvasStoreContext>
		</Tooltip.Provider>,
	);
	return { ...opened, user: userEvent.setup() };
}

const button = (name: string | RegExp) => screen.getByRole('button', { name });
const saving = () => screen.getByRole('status', { name: 'Saving' }).textContent;

test('a key takes a tool; what it draws is saved, undone and done again', async () => {
	const { view, user, server } = show();
	expect(button('Undo')).toHaveProperty('disabled', true);
	await user.keyboard('b');
	expect(button('Pencil').getAttribute('aria-pressed')).toBe('true');
	drag(view.tool, [[2, 3]]);
	await waitFor(() => expect(saving()).toBe('Saved'));
	await user.keyboard('{Control>}z{/Control}');
	await waitFor(() => expect(server.log).toHaveLength(2));
	expect(button('Undo')).toHaveProperty('disabled', true);
	await user.click(button('Redo'));
	await waitFor(() => expect(server.log.slice(1)).toEqual(['undo 1-1', 'undo 2-2']));
	await user.keyboard('h');
	expect(view.tool).toBeNull();
});

test('a refusal is told in the words of the server, and can be tried again', async () => {
	const { view, user, server } = show();
	server.answers = [new ApiError(422, { detail: 'pixel 0 is not in the palette' })];
	await user.keyboard('b');
	drag(view.tool, [[2, 3]]);
	await screen.findByText('That was not drawn: pixel 0 is not in the palette');
	await user.click(button('Try again'));
	await waitFor(() => expect(server.log).toHaveLength(1));
});

test('what waits is told, with a way to try at once', async () => {
	const { view, user, server } = show();
	server.answers = ['down'];
	await user.keyboard('b');
	drag(view.tool, [[2, 3]]);
	await waitFor(() => expect(saving()).toBe('Offline: 1 stroke waiting'));
	await user.click(button('Details'));
	await user.click(button('Try again now'));
	await waitFor(() => expect(saving()).toBe('Saved'));
	expect(server.log).toHaveLength(1);
});

test('nothing is drawn on the past, and there is a way back', async () => {
	const { view, user, store } = show();
	await user.keyboard('b');
	store.getState().look({ kind: 'version', version: 1 });
	await waitFor(() => expect(view.tool).toBeNull());
	await user.click(button('Line'));
	await screen.findByText('A past version is shown: drawing is for now');
	await user.click(button('Back to now to draw'));
	await waitFor(() => expect(view.tool).not.toBeNull());
	expect(useTool.getState().tool).toBe('pencil');
});

test('colours are chosen, swapped and typed; the brush grows and shrinks', async () => {
	const { user } = show();
	await user.click(button('#21a955'));
	await user.keyboard('x]]]][[');
	expect(useSettings.getState()).toMatchObject({ primary: '#ffffff', secondary: '#21a955', size: 4 });
	await user.click(button(/choose another/));
	const hex = screen.getByRole('textbox', { name: 'Hex' });
	await user.clear(hex);
	await user.type(hex, '#12');
	expect(hex.getAttribute('aria-invalid')).toBe('true');
	await user.type(hex, '3456');
	expect(useSettings.getState().primary).toBe('#123456');
});

test('a canvas with a palette offers its colours only, and one pixel at a time where it has a cooldown', async () => {
	const { user } = show({ ...ART, palette: ['#ffffff', '#0000ff'], cooldown_ms: 1000 });
	expect(screen.queryByRole('button', { name: '#21a955' })).toBeNull();
	expect(button(/choose another/).getAttribute('aria-label')).toBe('Colour #0000ff: choose another');
	await user.keyboard('f');
	await screen.findByText('Fill: this canvas takes one pixel at a time');
	expect(useTool.getState().tool).toBe('pan');
});
