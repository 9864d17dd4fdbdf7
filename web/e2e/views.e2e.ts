import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { apiOf } from './api';
import type { Device } from './browser';
import { drawScene, SCENE } from './scene';
import { type Server, startServer } from './server';
import { expectAccessible, shoot, test } from './test';

/** Each main view as it is used, for people to look at, and what can be said of it without looking. */
const DEVICES: Device[] = ['desktop', 'dark', 'phone'];

let server: Server;
let run: number;
let tags: Record<string, number>;

beforeAll(async () => {
	server = await startServer();
	const api = apiOf(server.url);
	await drawScene(server.url);
	for (const [name, seed, side] of [
		['meadow', 7, 48],
		['harbour', 11, 64],
	] as const) {
		await api.completed((await api.startRun({ canvas: name, width: side, height: side, granular: 25, seed })).id);
	}
	run = (await api.startRun({ canvas: 'embers', width: 96, height: 96, granular: 10, seed: 3 })).id;
	await api.completed(run);
	const named: { tag: string; version: number }[] = (await api.get(`/canvases/${SCENE.name}/tags`)).tags;
	tags = Object.fromEntries(named.map(({ tag, version }) => [tag, version]));
});
afterAll(() => server?.remove());

const canvas = () => `${server.url}/app/#/c/${SCENE.name}`;

for (const device of DEVICES) {
	const name = (view: string) => `${view}-${device}`;

	test(`canvases, ${device}`, async ({ visit }) => {
		const { page } = await visit(`${server.url}/app/`, device);
		await page.getByRole('article', { name: SCENE.label }).waitFor();
		await look(page, name('canvases'));
	});

	test(`a new canvas, ${device}`, async ({ visit }) => {
		const { page } = await visit(`${server.url}/app/`, device);
		await page.getByRole('button', { name: 'New canvas' }).click();
		await page.getByRole('dialog', { name: 'New canvas' }).waitFor();
		await look(page, name('new-canvas'));
	});

	test(`an empty server, ${device}`, async ({ server: empty, visit }) => {
		const { page } = await visit(`${empty.url}/app/`, device);
		await page.getByRole('button', { name: 'Watch a picture fill itself' }).waitFor();
		await look(page, name('empty'));
	});

	test(`a canvas with its history, ${device}`, async ({ visit }) => {
		const { page } = await visit(canvas(), device);
		await drawn(page);
		if (device === 'phone') {
			await look(page, name('canvas'));
			await openPanels(page, 'History');
		}
		await page.getByRole('region', { name: 'History' }).getByText('trees').first().waitFor();
		await look(page, device === 'phone' ? name('history') : name('canvas'));
	});

	test(`a pixel, ${device}`, async ({ visit }) => {
		const { page } = await visit(canvas(), device);
		await drawn(page);
		await openPanels(page, 'Pixel');
		const choice = page.getByRole('form', { name: 'Choose a pixel' });
		await choice.getByLabel('x').fill('50');
		await choice.getByLabel('y').fill('57');
		await choice.getByRole('button', { name: 'Show' }).click();
		await page.getByText('at 50, 57').waitFor();
		await page.getByRole('region', { name: 'Pixel' }).getByText('water', { exact: true }).first().waitFor();
		await drawn(page);
		await look(page, name('pixel'));
	});

	test(`two moments compared, ${device}`, async ({ visit }) => {
		const { page } = await visit(canvas(), device);
		await drawn(page);
		await openPanels(page, 'Compare');
		await page.getByRole('button', { name: 'Compare two moments' }).click();
		const before = page.getByRole('combobox', { name: 'Before' });
		await before.fill('mountains');
		await before.press('Enter');
		await page.getByText(`Before: version ${counted(tags.mountains)}`).waitFor();
		await page.getByText(/differ/).waitFor();
		await drawn(page);
		await look(page, name('compare-panel'));
		if (device === 'phone') await page.getByRole('button', { name: 'Close the panels' }).click();
		await look(page, name('compare'));
	});

	test(`what is known about a canvas, ${device}`, async ({ visit }) => {
		const { page } = await visit(canvas(), device);
		await drawn(page);
		await openPanels(page, 'Canvas');
		await page.getByRole('button', { name: /^finished/ }).waitFor();
		await look(page, name('about'));
	});

	test(`help, ${device}`, async ({ visit }) => {
		const { page } = await visit(canvas(), device);
		await drawn(page);
		await page.keyboard.press('?');
		await page.getByRole('dialog', { name: 'Help' }).waitFor();
		await look(page, name('help'));
	});

	test(`runs, ${device}`, async ({ visit }) => {
		const { page } = await visit(`${server.url}/app/#/runs`, device);
		await page
			.getByRole('link', { name: /embers/ })
			.first()
			.waitFor();
		await look(page, name('runs'));
	});

	test(`a run, ${device}`, async ({ visit }) => {
		const { page } = await visit(`${server.url}/app/#/runs/${run}`, device);
		await page.getByRole('button', { name: 'Picture at 100 %' }).waitFor();
		await look(page, name('run'));
	});
}

async function openPanels(page: Page, panel: string): Promise<void> {
	const tab = page.getByRole('tab', { name: panel });
	if (!(await tab.isVisible())) await page.getByRole('button', { name: 'History, pixel, compare, canvas' }).click();
	await tab.click();
}

/** The view stays as it is: its tiles have come. */
async function drawn(page: Page): Promise<void> {
	const view = page.getByRole('application', { name: 'Picture' });
	await view.waitFor();
	let before = await view.screenshot();
	await expect
		.poll(async () => {
			const now = await view.screenshot();
			const isSame = now.equals(before);
			before = now;
			return isSame;
		})
		.toBe(true);
}

/** Takes its picture, and holds it to what every view is held to. */
async function look(page: Page, name: string): Promise<void> {
	await expect.poll(() => page.evaluate(picturesMissing)).toBe(0);
	await shoot(page, name);
	expect(await page.evaluate(overflow), `${name} is wider than the window`).toBeLessThanOrEqual(0);
	await expectAccessible(page);
}

function picturesMissing(): number {
	return [...document.images].filter(
		({ complete, naturalWidth, loading }) => loading !== 'lazy' && !(complete && naturalWidth),
	).length;
}

function overflow(): number {
	return document.documentElement.scrollWidth - innerWidth;
}

function counted(count = 0): string {
	return count.toLocaleString('en-US');
}
