import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { expect, test as plain } from 'vitest';
import { type Device, launch, type Opened, open } from './browser';
import { startServer } from './server';

/**
 * A test with a `server` of its own, and pages of a browser that its file shares. A page that complained of something
 * that the test did not expect fails it.
 */
export const test = plain
	// biome-ignore lint/correctness/noEmptyPattern: Vitest reads from the pattern which fixtures one needs; these need none.
	.extend('browser', { scope: 'file' }, async ({}, { onCleanup }) => {
		const browser = await launch();
		onCleanup(() => browser.close());
		return browser;
	})
	// biome-ignore lint/correctness/noEmptyPattern: as above.
	.extend('server', async ({}, { onCleanup }) => {
		const server = await startServer();
		onCleanup(() => server.remove());
		return server;
	})
	.extend('visit', async ({ browser, onTestFinished }, { onCleanup }) => {
		const pages: Opened[] = [];
		const complaints: string[] = [];
		// Before the server goes, of which a page that is still there would complain.
		onCleanup(async () => {
			complaints.push(...pages.flatMap((page) => page.complaints()));
			await Promise.all(pages.map((page) => page.close()));
		});
		// Not in the clean-up, which may not fail: those of other fixtures would not be done.
		onTestFinished(() => expect(complaints, 'what pages complained of').toEqual([]));
		return async (url: string, device?: Device) => {
			const opened = await open(browser, url, device);
			pages.push(opened);
			return opened;
		};
	});

const SCREENSHOTS = process.env.PIXLOG_SCREENSHOTS ?? join(tmpdir(), 'pixlog-screenshots');

/** Takes a picture of what is seen, for people to look at. */
export async function shoot(page: Page, name: string): Promise<void> {
	await mkdir(SCREENSHOTS, { recursive: true });
	await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), animations: 'disabled' });
}

/** No finding of axe-core that is serious or worse. It comes as a debugger would, past the policy of the page. */
export async function expectAccessible(page: Page): Promise<void> {
	const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
	await page.evaluate(source);
	const results: AxeResults = await page.evaluate('axe.run()');
	const findings = results.violations
		.filter(({ impact }) => impact === 'serious' || impact === 'critical')
		.map(({ id, help, nodes }) => `${id}: ${help} ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
	expect(findings, 'what axe-core found').toEqual([]);
}
