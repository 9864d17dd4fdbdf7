import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect } from 'vitest';
import { freePort, type Server, startServer } from './server';
import { serveSite } from './site';
import { expectAccessible, shoot, test } from './test';

const EXAMPLE = join(import.meta.dirname, '../../examples/react');
const run = promisify(execFile);

let folder: string;
let server: Server;
let site: { origin: string; close(): Promise<void> };

/** Installed and built as its README says, so that the client is used as a package. */
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'pixlog-example-'));
	const port = await freePort();
	server = await startServer({ PIXLOG_CORS_ORIGINS: `http://127.0.0.1:${port}` });
	const env = { ...process.env, VITE_PIXLOG_URL: server.url };
	await run('npm', ['ci', '--prefer-offline', '--no-audit', '--no-fund'], { cwd: EXAMPLE });
	await run('npx', ['tsc', '--noEmit'], { cwd: EXAMPLE });
	await run('npx', ['vite', 'build', '--outDir', folder, '--emptyOutDir'], { cwd: EXAMPLE, env });
	site = await serveSite(folder, port);
}, 300_000);
afterAll(async () => {
	await site?.close();
	await server?.remove();
	await rm(folder, { recursive: true, force: true });
});

test('a run from another origin: pictures come, and its history is counted', async ({ visit }) => {
	const { page, expect: expectComplaint } = await visit(site.origin);
	// Nothing was run, and nothing was drawn yet.
	expectComplaint(/status of 404/);
	await page.getByText('no history yet').waitFor();
	await page.getByLabel('Width').fill('40');
	await page.getByLabel('Height').fill('30');
	await page.getByLabel('A picture at each').fill('20');
	await page.getByRole('button', { name: 'Start' }).click();
	await page.getByText('1,200 entries in its history').waitFor();
	const pictures = page.getByRole('list', { name: 'Pictures' }).getByRole('img');
	expect(await pictures.count()).toBe(5);
	const widths = await pictures.evaluateAll((all) => all.map((one) => (one as HTMLImageElement).naturalWidth));
	expect(widths).toEqual(Array(5).fill(40));
	expect(await page.getByRole('progressbar').getAttribute('value')).toBe('100');
	await expectAccessible(page);
	await shoot(page, 'example-run');
	await page.reload();
	await pictures.nth(4).waitFor();
});

test('a pixel that is drawn from another origin is seen by all', async ({ visit }) => {
	const first = await visit(site.origin);
	first.expect(/status of 404/);
	await first.page.getByRole('button', { name: 'Begin one' }).click();
	await first.page.getByText('Live, version 0').waitFor();

	const second = await visit(site.origin, 'phone');
	await second.page.getByText('Live, version 0').waitFor();
	await first.page.getByLabel('x', { exact: true }).fill('3');
	await first.page.getByLabel('y', { exact: true }).fill('2');
	await first.page.getByRole('button', { name: 'Draw' }).click();
	await second.page.getByText('Live, version 1').waitFor();
	const picture = second.page.getByRole('img', { name: 'The drawing as it is' });
	await expect.poll(() => picture.getAttribute('src')).toMatch(/version=1$/);
	await picture.tap({ position: { x: 5, y: 5 } });
	await first.page.getByText('Live, version 2').waitFor();

	await expectAccessible(second.page);
	await shoot(second.page, 'example-drawing-phone');
	const history = await fetch(`${server.url}/api/v1/canvases/example/history?order=asc`).then((all) => all.json());
	expect(history.entries).toMatchObject([
		{ version: 1, x: 3, y: 2, color: '#c2410c', author: 'example' },
		{ version: 2, x: 0, y: 0 },
	]);
});

test('a server that goes away and comes back is waited for', async ({ visit }) => {
	const { page, expect: expectComplaint } = await visit(site.origin);
	await page.getByText(/Live, version \d/).waitFor();
	expectComplaint(/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET/);
	await server.kill();
	await page.getByText(/Not connected/).waitFor();
	await page.getByRole('button', { name: 'Draw' }).click();
	await server.start();
	await page.getByText('Live, version 3').waitFor();
	expect(await page.getByRole('alert').count()).toBe(0);
});

test('an origin that is not allowed is told so in words', async ({ visit }) => {
	const other = await serveSite(folder);
	try {
		const { page, expect: expectComplaint } = await visit(other.origin);
		expectComplaint(/CORS|ERR_FAILED/);
		await page.getByText('The server cannot be reached').first().waitFor();
	} finally {
		await other.close();
	}
});
