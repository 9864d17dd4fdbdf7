import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { apiOf } from './api';
import { type Server, startServer } from './server';
import { shoot, test } from './test';

let server: Server;
const side = 1024;
const head = side * side;

beforeAll(async () => {
	server = await startServer();
	const api = apiOf(server.url);
	await api.completed((await api.startRun({ canvas: 'run', width: side, height: side, seed: 1 })).id);
});
afterAll(() => server?.remove());

const slider = (page: Page) => page.getByRole('slider', { name: 'Version' });
const view = (page: Page) => page.getByRole('application', { name: 'Picture' });
const version = async (page: Page) => Number(await slider(page).getAttribute('aria-valuenow'));
const live = (page: Page) => page.getByRole('button', { name: 'Live', exact: true });

async function openRun(visit: (url: string) => Promise<{ page: Page }>, place = ''): Promise<Page> {
	const { page } = await visit(`${server.url}/#/c/run${place}`);
	await slider(page).waitFor();
	return page;
}

test('the slider shows any version by keys and by drag, the player moves through them', async ({ visit }) => {
	const page = await openRun(visit);
	expect(await version(page)).toBe(head);
	const full = await view(page).screenshot();
	await slider(page).focus();
	await page.keyboard.press('Home');
	await expect.poll(() => version(page)).toBe(0);
	await expect.poll(async () => (await view(page).screenshot()).equals(full)).toBe(false);
	await page.keyboard.press('ArrowRight');
	await expect.poll(() => version(page)).toBe(1);

	const box = await slider(page).locator('xpath=ancestor-or-self::*[@role="slider"]/..').boundingBox();
	if (!box) throw new Error('The slider is not shown');
	await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
	await expect.poll(() => version(page)).toBeGreaterThan(head / 3);
	const middle = await version(page);
	await page.getByRole('button', { name: 'Play', exact: true }).click();
	await expect.poll(() => version(page)).toBeGreaterThan(middle);
	await page.getByRole('button', { name: 'Pause', exact: true }).click();
	const paused = await version(page);
	expect(paused).toBeLessThan(head);
	await shoot(page, 'time-paused');
	await page.getByRole('button', { name: 'One entry back' }).click();
	await expect.poll(() => version(page)).toBe(paused - 1);
	await expect.poll(() => page.url()).toContain(`@${paused - 1}`);
	await live(page).click();
	await expect.poll(() => version(page)).toBe(head);
});

test('a link leads to its version and place, a tag too; changes meanwhile do not move it', async ({ visit }) => {
	const api = apiOf(server.url);
	await api.create({ name: 'linked', width: 64, height: 64 });
	await api.draw('linked', [
		[1, 1, '#ff0000'],
		[2, 2, '#00ff00'],
	]);
	await api.tag('linked', 'first', 1);
	const { page } = await visit(`${server.url}/#/c/linked@first/32,32,6`);
	await page.getByText('Version 1 of 2').waitFor();
	await api.draw('linked', [[3, 3, '#0000ff']]);
	await page.getByText('Version 1 of 3').waitFor();
	await page.reload();
	await page.getByText('Version 1 of 3').waitFor();
	await page.getByText('600 %').waitFor();
	await live(page).click();
	await page.getByText('Version 3 of 3').waitFor();
});

test('an earlier version is restored, and the history keeps all', async ({ visit }) => {
	const api = apiOf(server.url);
	await api.create({ name: 'restored', width: 16, height: 16 });
	await api.draw('restored', [[1, 1, '#ff0000']]);
	await api.draw('restored', [[1, 1, '#0000ff']]);
	const { page } = await visit(`${server.url}/#/c/restored@1`);
	await page.getByText('Version 1 of 2').waitFor();
	await page.getByRole('button', { name: 'Restore this' }).click();
	await page.getByRole('button', { name: 'Restore', exact: true }).click();
	await page.getByText('Version 3 of 3').waitFor();
	const { entries } = await api.get('/canvases/restored/history');
	expect(entries[0]).toMatchObject({ version: 3, kind: 'state', source: 'restore', changed: 1 });
	expect(await api.bytes('/canvases/restored/image.png?version=3')).toEqual(
		await api.bytes('/canvases/restored/image.png?version=1'),
	);
});

test('two moments are compared, and an entry tells before and after', async ({ visit }) => {
	const api = apiOf(server.url);
	await api.create({ name: 'compared', width: 16, height: 16 });
	await api.draw('compared', [[1, 1, '#ff0000']], 'one');
	await api.draw(
		'compared',
		[
			[2, 2, '#00ff00'],
			[3, 3, '#0000ff'],
		],
		'two',
	);
	const { page } = await visit(`${server.url}/#/c/compared`);
	await page.getByText('Version 3 of 3').waitFor();
	const entries = page.getByRole('grid', { name: 'Entries' });
	await entries.getByText('two', { exact: true }).first().click();
	await page.getByRole('region', { name: /^Version \d/ }).waitFor();
	await page.getByRole('tab', { name: 'Compare' }).click();
	await page.getByRole('button', { name: 'Compare two moments' }).click();
	const before = page.getByRole('combobox', { name: 'Before' });
	await before.fill('1');
	await before.press('Enter');
	await page.getByText(/2 pixels/).waitFor();
	for (const way of ['Side by side', 'Changed pixels', 'Swipe']) {
		await page.getByRole('radio', { name: way }).check();
		await shoot(page, `time-compare-${way.toLowerCase().replaceAll(' ', '-')}`);
	}
});

test('what is downloaded is what it says', async ({ visit }) => {
	const page = await openRun(visit);
	await page.getByRole('button', { name: 'Download' }).click();
	const dialog = page.getByRole('dialog');
	const [download] = await Promise.all([
		page.waitForEvent('download'),
		dialog
			.getByRole('link', { name: /download/i })
			.or(dialog.getByRole('button', { name: /download/i }))
			.first()
			.click(),
	]);
	const bytes = await readFile(await download.path());
	expect(bytes.subarray(1, 4).toString()).toBe('PNG');
});
