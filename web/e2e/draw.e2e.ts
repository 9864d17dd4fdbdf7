import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { expectAccessible, shoot, test } from './test';

interface Entry {
	kind: string;
	source: string;
	x: number;
	y: number;
	color: string;
	changed?: number;
}

async function makeCanvas(url: string, canvas: object): Promise<void> {
	const init = { method: 'POST', body: JSON.stringify(canvas), headers: { 'Content-Type': 'application/json' } };
	expect((await fetch(`${url}/api/v1/canvases`, init)).status).toBe(201);
}

const head = async (url: string, name: string): Promise<number> =>
	(await (await fetch(`${url}/api/v1/canvases/${name}`)).json()).version;

/** All that is in the log, oldest first. */
const entries = async (url: string, name: string): Promise<Entry[]> =>
	(await (await fetch(`${url}/api/v1/canvases/${name}/history?order=asc&limit=10000`)).json()).entries;

const view = (page: Page) => page.getByRole('application', { name: 'Picture' });
const saving = (page: Page) => page.getByRole('status', { name: 'Saving' });
const tool = (page: Page, name: string) =>
	page.getByRole('toolbar', { name: 'Tools' }).getByRole('button', { name, exact: true });

/** Chooses a tool once the picture is there. */
async function take(page: Page, name: string): Promise<void> {
	await page.getByText('Live', { exact: true }).first().waitFor();
	await tool(page, name).click();
}

/** Draws over a part of the view, given in fractions of its sides. */
async function stroke(page: Page, from: [number, number], to: [number, number]): Promise<void> {
	const box = await boxOf(view(page));
	const place = ([x, y]: [number, number]) => [box.x + box.width * x, box.y + box.height * y] as const;
	await page.mouse.move(...place(from));
	await page.mouse.down();
	await page.mouse.move(...place(to), { steps: 8 });
	await page.mouse.up();
}

async function boxOf(element: Locator) {
	const box = await element.boundingBox();
	if (!box) throw new Error('It is not shown');
	return box;
}

test('what is drawn is saved, is there after a reload, and is undone and redone', async ({ server, visit }) => {
	await makeCanvas(server.url, { name: 'art', width: 32, height: 32 });
	const { page } = await visit(`${server.url}/#/c/art`);
	await take(page, 'Pencil');
	await stroke(page, [0.4, 0.5], [0.6, 0.5]);
	await saving(page).getByText('Saved').waitFor();
	const drawn = await entries(server.url, 'art');
	expect(drawn.length).toBeGreaterThan(3);
	expect(new Set(drawn.map(({ color }) => color)).size).toBe(1);
	await page.reload();
	await page.getByText(`Version ${drawn.length} of ${drawn.length}`).waitFor();
	await page.getByRole('button', { name: 'Undo', exact: true }).click();
	await expect.poll(() => head(server.url, 'art')).toBe(drawn.length + 1);
	const undone = await entries(server.url, 'art');
	expect(undone.at(-1)).toMatchObject({ kind: 'state', source: 'undo', changed: drawn.length });
	await page.getByRole('button', { name: 'Redo', exact: true }).click();
	await expect.poll(() => head(server.url, 'art')).toBe(drawn.length + 2);
	await expectAccessible(page);
	await shoot(page, 'draw');
});

test('two browsers see what the other draws', async ({ server, visit }) => {
	await makeCanvas(server.url, { name: 'art', width: 32, height: 32 });
	const [first, second] = [await visit(`${server.url}/#/c/art`), await visit(`${server.url}/#/c/art`, 'dark')];
	for (const [one, other] of [
		[first.page, second.page],
		[second.page, first.page],
	] as const) {
		await take(one, 'Pencil');
		await other.getByText('Live', { exact: true }).first().waitFor();
		const before = await view(other).screenshot();
		await stroke(one, [0.35, 0.4], [0.65, one === first.page ? 0.4 : 0.7]);
		await saving(one).getByText('Saved').waitFor();
		const version = await head(server.url, 'art');
		await other.getByText(`Version ${version} of ${version}`).waitFor();
		await expect.poll(async () => (await view(other).screenshot()).equals(before)).toBe(false);
	}
});

test('a server that is killed while one draws loses nothing that was saved, and takes the rest once', async ({
	server,
	visit,
}) => {
	await makeCanvas(server.url, { name: 'art', width: 64, height: 64 });
	const { page, expect: expectComplaint } = await visit(`${server.url}/#/c/art`);
	expectComplaint(/ERR_CONNECTION|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE|status of 503/);
	await take(page, 'Pencil');
	await stroke(page, [0.3, 0.3], [0.7, 0.3]);
	await saving(page).getByText('Saved').waitFor();
	const saved = await entries(server.url, 'art');
	await server.kill();
	await stroke(page, [0.3, 0.5], [0.7, 0.5]);
	await stroke(page, [0.3, 0.7], [0.7, 0.7]);
	await saving(page)
		.getByText(/waiting/)
		.waitFor();
	await shoot(page, 'draw-offline');
	await server.start();
	await saving(page).getByText('Saved').waitFor();
	const all = await entries(server.url, 'art');
	expect(all.slice(0, saved.length)).toEqual(saved);
	const cells = all.map(({ x, y }) => `${x},${y}`);
	expect(cells.length).toBe(new Set(cells).size);
	expect(new Set(all.map(({ y }) => y)).size).toBe(3);
	expect(all.length).toBe(3 * saved.length);
	await page.getByText('Live', { exact: true }).first().waitFor();
});

test('what the server refuses is taken off the picture, in its words', async ({ server, visit }) => {
	await makeCanvas(server.url, { name: 'art', width: 16, height: 16, palette: ['#ffffff', '#ff0000'] });
	const { page, expect: expectComplaint } = await visit(`${server.url}/#/c/art`);
	expectComplaint(/status of 410/);
	await take(page, 'Pencil');
	await page.route('**/api/v1/canvases/art/pixels*', (route) =>
		route.fulfill({
			status: 422,
			contentType: 'application/problem+json',
			body: JSON.stringify({ status: 422, title: 'Unprocessable', detail: 'that colour is not in the palette' }),
		}),
	);
	expectComplaint(/status of 422/);
	await stroke(page, [0.45, 0.5], [0.55, 0.5]);
	await page
		.getByText(/colour is not in the palette/i)
		.first()
		.waitFor();
	expect(await head(server.url, 'art')).toBe(0);
});

test('fill, and the colour of a cell', async ({ server, visit }) => {
	await makeCanvas(server.url, { name: 'art', width: 16, height: 16 });
	const { page } = await visit(`${server.url}/#/c/art`);
	await take(page, 'Fill');
	await page.mouse.click(...centre(await boxOf(view(page))));
	await saving(page).getByText('Saved').waitFor();
	const filled = await entries(server.url, 'art');
	expect(filled.length).toBe(256);
	await tool(page, 'Eraser').click();
	await page.mouse.click(...centre(await boxOf(view(page))));
	await expect.poll(() => head(server.url, 'art')).toBe(257);
	expect((await entries(server.url, 'art')).at(-1)).toMatchObject({ color: '#ffffff' });
});

function centre(box: { x: number; y: number; width: number; height: number }): [number, number] {
	return [box.x + box.width / 2 + 2, box.y + box.height / 2 + 2];
}
