import { expect } from 'vitest';
import { shoot, test } from './test';

test('with the keyboard alone: make a canvas, draw, undo, look back, ask for help', async ({ server, visit }) => {
	const { page } = await visit(server.url);
	const keys = page.keyboard;
	/** Moves the focus until it is on what has that name. */
	const reach = async (name: RegExp) => {
		const seen: string[] = [];
		for (let pressed = 0; pressed < 60; pressed += 1) {
			const focused = await page.evaluate(() => {
				const element = document.activeElement;
				return element?.getAttribute('aria-label') || element?.textContent?.trim() || '';
			});
			seen.push(focused);
			if (name.test(focused)) return;
			await keys.press('Tab');
		}
		throw new Error(`The focus does not come to ${name}, but to ${seen.join(' | ')}`);
	};
	await page.getByRole('button', { name: 'New canvas' }).waitFor();
	await reach(/^New canvas$/);
	await keys.press('Enter');
	const dialog = page.getByRole('dialog');
	await dialog.waitFor();
	await dialog.getByLabel('Name').focus();
	await keys.type('keys');
	await keys.press('Enter');
	await page.getByRole('main', { name: 'Canvas keys' }).waitFor();
	await page.getByText('Live', { exact: true }).first().waitFor();

	await keys.press('b');
	await reach(/^Picture/);
	await keys.press('Enter');
	await keys.press('ArrowRight');
	await keys.press('ArrowRight');
	await keys.press('Enter');
	await page.getByRole('status', { name: 'Saving' }).getByText('Saved').waitFor();
	const version = async () => (await (await fetch(`${server.url}/api/v1/canvases/keys`)).json()).version;
	const drawn = await version();
	expect(drawn).toBeGreaterThanOrEqual(2);
	await shoot(page, 'keyboard');
	await keys.press('Control+z');
	await expect.poll(version).toBe(drawn + 1);
	await page.getByText(`Version ${drawn + 1} of ${drawn + 1}`).waitFor();
	await keys.press(',');
	await page.getByText(`Version ${drawn} of ${drawn + 1}`).waitFor();
	await keys.press('?');
	await page.getByRole('dialog').getByText('Everywhere').waitFor();
	await shoot(page, 'help');
	await keys.press('Escape');
	await page.getByRole('dialog').waitFor({ state: 'detached' });
	await keys.press('>');
	await page.getByText(`Version ${drawn + 1} of ${drawn + 1}`).waitFor();
});
