import { cleanup, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { eventStream, problem, renderWith, testServer } from '../testing';
import { RunsPage } from './RunsPage';
import { aRun } from './testing';

const GOING = aRun({
	status: 'running',
	progression: 25,
	pixels: 64,
	eta_seconds: 3,
	images: [{ percent: 20, version: 51, url: '/x' }],
});

let made = 0;

beforeEach(() => {
	location.hash = '';
	made = 0;
	vi.spyOn(URL, 'createObjectURL').mockImplementation(() => `blob:${++made}`);
	vi.spyOn(URL, 'revokeObjectURL').mockImplementation(() => {});
});
afterEach(cleanup);

function runServer() {
	const events = eventStream();
	let answer: unknown = GOING;
	const server = testServer((request) => {
		if (request.url.includes('/events')) return events.response;
		if (request.url.includes('image.png')) return new Response(new Blob(['png']));
		return answer;
	});
	return { ...server, events, answerWith: (said: unknown) => (answer = said) };
}

test('a run is shown as the server tells it, and goes on as its events come', async () => {
	const { pixlog, asked, events } = runServer();
	renderWith(pixlog, <RunsPage run={7} />);
	const bar = await screen.findByRole('progressbar', { name: 'Progress of the run' });
	expect(bar.getAttribute('aria-valuenow')).toBe('25');
	expect(screen.getByText('1,000 pixels a second, 3 s left')).toBeTruthy();
	await waitFor(() => expect(asked.map(({ line }) => line)).toContain('GET /api/v1/events?run=7'));
	await screen.findByRole('img', { name: 'Run 7 at 25 %' });
	events.send('run', { ...GOING, progression: 75, pixels: 192, eta_seconds: 1 });
	await waitFor(() => expect(bar.getAttribute('aria-valuenow')).toBe('75'));
	await waitFor(() => expect(made).toBe(2));
	const images = [...GOING.images, { percent: 100, version: 256, url: '/y' }];
	events.send('run', { ...GOING, status: 'completed', progression: 100, pixels: 256, eta_seconds: null, images });
	await screen.findByText('Complete');
	expect(screen.getByRole('img', { name: 'Run 7, complete' }).getAttribute('src')).toContain('version=256');
	expect(screen.queryByRole('button', { name: 'Pause' })).toBeNull();
});

test('it is paused, resumed and, after a question, cancelled', async () => {
	const { pixlog, asked, answerWith } = runServer();
	renderWith(pixlog, <RunsPage run={7} />);
	const pause = await screen.findByRole('button', { name: 'Pause' });
	answerWith({ ...GOING, status: 'paused' });
	await userEvent.click(pause);
	const resume = await screen.findByRole('button', { name: 'Resume' });
	answerWith(GOING);
	await userEvent.click(resume);
	await screen.findByRole('button', { name: 'Pause' });
	await userEvent.click(screen.getByRole('button', { name: 'Cancel…' }));
	expect(asked.some(({ line }) => line.endsWith('/cancel'))).toBe(false);
	answerWith({ ...GOING, status: 'cancelled' });
	await userEvent.click(screen.getByRole('button', { name: 'Cancel the run' }));
	await screen.findByText(/It was ended at 25 %/);
	const orders = asked.map(({ line }) => line).filter((line) => line.startsWith('POST'));
	expect(orders).toEqual(['pause', 'resume', 'cancel'].map((order) => `POST /api/v1/runs/7/${order}`));
});

test('its pictures are opened, stepped through and lead to their versions', async () => {
	const { pixlog, answerWith } = runServer();
	const images = [...GOING.images, { percent: 100, version: 256, url: '/y' }];
	answerWith(aRun({ images }));
	renderWith(pixlog, <RunsPage run={7} />);
	await userEvent.click(await screen.findByRole('button', { name: 'Picture at 20 %' }));
	expect(screen.getByRole('link', { name: 'Open at this version' }).getAttribute('href')).toBe('#/c/art@51');
	await userEvent.keyboard('{ArrowRight}');
	expect(screen.getByRole('dialog', { name: 'art at 100 %' })).toBeTruthy();
	expect(screen.getByRole('link', { name: 'Download' }).getAttribute('href')).toBe(
		'/api/v1/canvases/art/image.png?version=256',
	);
});

test('a run that nobody started is said to be none', async () => {
	const { pixlog } = testServer(() => problem(404, 'no-run', 'there is no run 7'));
	renderWith(pixlog, <RunsPage run={7} />);
	expect((await screen.findByRole('alert')).textContent).toContain('There is no run 7');
});

test('the form starts a run of the size that was chosen and goes there; a refusal stands at its field', async () => {
	let isRefused = true;
	const { pixlog, asked } = testServer((request) => {
		if (request.method !== 'POST') return { runs: [] };
		return isRefused ? problem(422, 'too-few-colours', '25000000 cells are too many') : aRun({ id: 9 });
	});
	renderWith(pixlog, <RunsPage run={null} />);
	await userEvent.click(screen.getByRole('button', { name: '128 by 128' }));
	await userEvent.selectOptions(screen.getByLabelText('Exchange'), 'http');
	await userEvent.click(screen.getByRole('button', { name: 'Start' }));
	await screen.findByText('25000000 cells are too many');
	expect(screen.getByLabelText('Width').getAttribute('aria-invalid')).toBe('true');
	isRefused = false;
	await userEvent.click(screen.getByRole('button', { name: 'Start' }));
	await waitFor(() => expect(location.hash).toBe('#/runs/9'));
	const sent = asked.findLast(({ line }) => line === 'POST /api/v1/runs');
	expect(sent?.body).toMatchObject({ width: 128, height: 128, exchange: 'http' });
});

test('the list follows the runs that go on', async () => {
	const events = eventStream();
	const { pixlog, asked } = testServer((request) =>
		request.url.includes('/events') ? events.response : { runs: [GOING, aRun({ id: 6 })] },
	);
	renderWith(pixlog, <RunsPage run={null} />);
	const bar = await screen.findByRole('progressbar', { name: 'Progress of run 7' });
	await waitFor(() => expect(asked.map(({ line }) => line)).toContain('GET /api/v1/events?run=7'));
	events.send('run', { ...GOING, progression: 60 });
	await waitFor(() => expect(bar.getAttribute('aria-valuenow')).toBe('60'));
});
