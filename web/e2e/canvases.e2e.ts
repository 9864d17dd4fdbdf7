import { readFile } from 'node:fs/promises';
import { expect } from 'vitest';
import { apiOf } from './api';
import { test } from './test';

test('a canvas is made, labelled, tagged and deleted', async ({ server, visit }) => {
	const api = apiOf(server.url);
	const { page } = await visit(server.url);
	await page.getByRole('button', { name: 'New canvas' }).first().click();
	const dialog = page.getByRole('dialog', { name: 'New canvas' });
	await dialog.getByLabel('Name').fill('art');
	await dialog.getByLabel('Label').fill('My picture');
	await dialog.getByLabel('Width').fill('24');
	await dialog.getByLabel('Height').fill('12');
	await dialog.getByRole('button', { name: 'Make the canvas' }).click();
	await page.getByRole('main', { name: 'Canvas My picture' }).waitFor();
	expect(await api.get('/canvases/art')).toMatchObject({ label: 'My picture', width: 24, height: 12 });

	await api.draw('art', [[1, 1, '#ff0000']]);
	await page.getByRole('tab', { name: 'Canvas' }).click();
	await page.getByLabel(/^Tag version/).fill('red');
	await page.getByRole('button', { name: 'Add', exact: true }).click();
	await page.getByRole('button', { name: /^red/ }).waitFor();
	expect((await api.get('/canvases/art/tags')).tags).toEqual([{ tag: 'red', version: 1 }]);

	await page.goto(`${server.url}/#/`);
	await page.getByRole('button', { name: 'More about My picture' }).click();
	await page.getByRole('menuitem', { name: 'Change the label…' }).click();
	await page.getByRole('dialog').getByLabel('Label').fill('Renamed');
	await page.keyboard.press('Enter');
	await page.getByRole('article', { name: 'Renamed' }).waitFor();
	await page.getByRole('button', { name: 'More about Renamed' }).click();
	await page.getByRole('menuitem', { name: 'Delete…' }).click();
	await page.getByRole('alertdialog').getByRole('button', { name: 'Delete it for good' }).click();
	await page.getByRole('article', { name: 'Renamed' }).waitFor({ state: 'detached' });
	expect((await api.get('/canvases')).canvases).toEqual([]);
});

test('a picture and an export are imported, equal to what they were', async ({ server, visit }) => {
	const api = apiOf(server.url);
	await api.create({ name: 'art', width: 20, height: 10 });
	for (let at = 0; at < 10; at++) await api.draw('art', [[at, at, '#ff8800']]);
	const { page } = await visit(server.url);
	await page.getByRole('article', { name: 'art' }).waitFor();
	await page.getByRole('button', { name: 'More about art' }).click();
	const [download] = await Promise.all([
		page.waitForEvent('download'),
		page.getByRole('menuitem', { name: 'Export' }).click(),
	]);
	const exported = await readFile(await download.path());
	const picture = await api.bytes('/canvases/art/image.png');
	await page
		.locator('input[type=file]')
		.first()
		.setInputFiles([
			{ name: 'again.pixlog', mimeType: 'application/octet-stream', buffer: exported },
			{ name: 'copy.png', mimeType: 'image/png', buffer: picture },
		]);
	await page.getByRole('article', { name: 'again' }).waitFor();
	await page.getByRole('article', { name: 'copy' }).waitFor();
	for (const version of [0, 3, 10]) {
		const of = (name: string) => api.bytes(`/canvases/${name}/image.raw?version=${version}`);
		expect(await of('again')).toEqual(await of('art'));
	}
	expect(await api.bytes('/canvases/copy/image.raw')).toEqual(await api.bytes('/canvases/art/image.raw'));
});
