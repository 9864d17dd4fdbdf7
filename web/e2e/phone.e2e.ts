import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { expectAccessible, shoot, test } from './test';

const isTooWide = (page: Page) =>
	page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);

test('on a phone: draw with a finger, pinch, open the panels', async ({ server, visit }) => {
	const init = { method: 'POST', body: '{"name":"art","width":64,"height":64}' };
	await fetch(`${server.url}/api/v1/canvases`, { ...init, headers: { 'Content-Type': 'application/json' } });
	const { page } = await visit(`${server.url}/#/c/art`, 'phone');
	await page.getByText('Live', { exact: true }).first().waitFor();
	const devtools = await page.context().newCDPSession(page);
	const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...points: [number, number][]) =>
		devtools.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([x, y], id) => ({ x, y, id })) });

	await page.getByRole('toolbar', { name: 'Tools' }).getByRole('button', { name: 'Pencil' }).tap();
	const box = await page.getByRole('application', { name: 'Picture' }).boundingBox();
	if (!box) throw new Error('The picture is not shown');
	const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
	await touch('touchStart', [x - 50, y]);
	for (let moved = -40; moved <= 50; moved += 10) await touch('touchMove', [x + moved, y]);
	await touch('touchEnd');
	await page.getByRole('status', { name: 'Saving' }).getByText('Saved').waitFor();
	const version = async () => (await (await fetch(`${server.url}/api/v1/canvases/art`)).json()).version;
	const drawn = await version();
	expect(drawn).toBeGreaterThan(5);

	const zoom = page.getByText(/^\d[\d,.]* %$/);
	const before = await zoom.textContent();
	await touch('touchStart', [x - 30, y], [x + 30, y]);
	for (let apart = 40; apart <= 120; apart += 20) await touch('touchMove', [x - apart, y], [x + apart, y]);
	await touch('touchEnd');
	await expect.poll(() => zoom.textContent()).not.toBe(before);
	expect(await version(), 'two fingers draw nothing').toBe(drawn);
	expect(await isTooWide(page)).toBe(false);
	await expectAccessible(page);
	await shoot(page, 'phone-draw');

	await page.getByRole('button', { name: 'History, pixel, compare, canvas' }).tap();
	await page.getByRole('tab', { name: 'History' }).waitFor();
	await page.getByRole('grid', { name: 'Entries' }).waitFor();
	expect(await isTooWide(page)).toBe(false);
	await expectAccessible(page);
	await shoot(page, 'phone-panels');
});
