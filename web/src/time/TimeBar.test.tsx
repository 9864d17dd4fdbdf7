import { act, cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { afterEach, expect, test } from 'vitest';
import { type Answers, pixelEntry, renderOnCanvas } from '../testing/onCanvas';
import { TimeBar } from './TimeBar';

const ANSWERS: Answers = {
	'GET /history': (url) => ({
		canvas: 'art',
		version: 500,
		entries: [pixelEntry(Number(url.searchParams.get('before')) - 1)],
	}),
	'GET /timeline': () => ({ buckets: [], exact: true }),
	'GET /tags': () => ({ tags: [{ tag: 'best', version: 250 }] }),
	'GET /tiles.json': (url) => {
		const version = url.searchParams.get('version') === 'best' ? 250 : Number(url.searchParams.get('version'));
		return { tile_size: 256, max_z: 0, width: 100, height: 50, version };
	},
};

afterEach(cleanup);

test('the slider says version and date, and keys move it', async () => {
	const { store } = renderOnCanvas(<TimeBar />, ANSWERS);
	const slider = screen.getByRole('slider', { name: 'Version' });
	expect(slider.getAttribute('aria-valuetext')).toMatch(/^version 500 of 500/);
	fireEvent.keyDown(slider, { key: 'PageDown' });
	fireEvent.keyDown(slider, { key: 'ArrowLeft' });
	fireEvent.keyUp(slider, { key: 'ArrowLeft' });
	expect(store.getState().moment).toEqual({ kind: 'version', version: 494 });
	await waitFor(() => expect(slider.getAttribute('aria-valuetext')).toMatch(/^version 494 of 500, .*2026/));
	fireEvent.keyDown(slider, { key: 'End' });
	expect(store.getState().moment).toEqual({ kind: 'live' });
});

test('while the canvas is written to, the shown version stays and the newer ones are counted', async () => {
	const { store } = renderOnCanvas(<TimeBar />, ANSWERS);
	act(() => store.getState().look({ kind: 'version', version: 100 }));
	act(() => store.getState().reach(620));
	expect(screen.getByRole('slider', { name: 'Version' }).getAttribute('aria-valuenow')).toBe('100');
	expect(screen.getByText(/520 newer/)).toBeTruthy();
	await userEvent.click(screen.getByRole('button', { name: 'Live' }));
	expect(store.getState().moment).toEqual({ kind: 'live' });
});

test('a tag leads to its version, as the server says', async () => {
	const { store } = renderOnCanvas(<TimeBar />, ANSWERS);
	await userEvent.click(screen.getByRole('button', { name: 'Go to a moment' }));
	await userEvent.type(screen.getByLabelText('Version or tag'), 'best{Enter}');
	await waitFor(() => expect(store.getState().moment).toEqual({ kind: 'version', version: 250 }));
	expect(screen.queryByRole('dialog')).toBeNull();
});

test('a restore is refused where the head moved since it was seen, and then goes on from there', async () => {
	const asked: (string | null)[] = [];
	const { store } = renderOnCanvas(<TimeBar />, {
		...ANSWERS,
		'POST /restore': (_, request) => {
			asked.push(request.headers.get('If-Match'));
			const refusal = { status: 412, detail: 'the head has moved', current_version: 501 };
			if (asked.length === 1) return Response.json(refusal, { status: 412 });
			return { version: 502, changed: 3, time: '2026-05-03T12:40:00.000Z' };
		},
	});
	act(() => store.getState().look({ kind: 'version', version: 100 }));
	await userEvent.click(screen.getByRole('button', { name: 'Restore this' }));
	await userEvent.click(screen.getByRole('button', { name: 'Restore' }));
	expect((await screen.findByRole('alert')).textContent).toContain('the newest version is 501 now');
	await userEvent.click(screen.getByRole('button', { name: 'Restore all the same' }));
	await waitFor(() => expect(store.getState().head).toBe(502));
	expect(asked).toEqual(['"500"', '"501"']);
	expect(store.getState().moment).toEqual({ kind: 'live' });
});
