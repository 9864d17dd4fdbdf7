import { expect } from 'vitest';
import { apiOf } from './api';
import { shoot, test } from './test';

test('a run is started, paused, survives kill -9 and a closed page, and is completed', async ({ server, visit }) => {
	const api = apiOf(server.url);
	const first = await visit(`${server.url}/#/runs`);
	const form = first.page.getByRole('form', { name: 'Start a run' });
	await form.getByLabel('Width').fill('40');
	await form.getByLabel('Height').fill('40');
	await form.getByLabel('Granular').fill('25');
	await form.getByLabel('Exchange').selectOption('http');
	await form.getByRole('button', { name: 'Start' }).click();
	await first.page.getByRole('button', { name: 'Pause' }).click();
	await first.page.getByRole('button', { name: 'Resume' }).waitFor();
	const paused = await api.run(1);
	expect(paused).toMatchObject({ status: 'paused', canvas: 'canvas-1' });
	expect(paused.pixels).toBeLessThan(1600);

	first.expect(/ERR_|status of 503/);
	await server.kill();
	await first.page
		.getByText(/Offline/)
		.first()
		.waitFor();
	await shoot(first.page, 'run-offline');
	await server.start();
	await first.page.getByRole('button', { name: 'Resume' }).click();
	await expect.poll(async () => (await api.run(1)).pixels).toBeGreaterThan(paused.pixels);
	await first.close();

	const second = await visit(`${server.url}/#/runs/1`);
	await second.page.getByText('Complete', { exact: true }).waitFor({ timeout: 60_000 });
	for (const percent of [25, 50, 75, 100]) {
		await second.page.getByRole('button', { name: `Picture at ${percent} %` }).waitFor();
	}
	await second.page.getByText('1,600 of 1,600 pixels').waitFor();
	const cells = new Set(
		(await api.get('/canvases/canvas-1/history?limit=10000')).entries.map(
			({ x, y }: { x: number; y: number }) => x + 40 * y,
		),
	);
	expect(cells.size).toBe(1600);
	await second.page.getByRole('button', { name: 'Picture at 50 %' }).click();
	await second.page.getByRole('link', { name: 'Open at this version' }).click();
	await second.page.getByText('Version 800 of 1,600').waitFor();
});

test('a run is cancelled after a question', async ({ server, visit }) => {
	const api = apiOf(server.url);
	await api.startRun({ width: 96, height: 96, exchange: 'http' });
	const { page } = await visit(`${server.url}/#/runs/1`);
	await page.getByRole('button', { name: 'Cancel…' }).click();
	await page.getByRole('button', { name: 'Cancel the run' }).click();
	await expect.poll(async () => (await api.run(1)).status).toBe('cancelled');
	await page
		.getByText(/cancelled/i)
		.first()
		.waitFor();
});
