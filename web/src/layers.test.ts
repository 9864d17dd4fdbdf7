import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';

/** What each folder may import from beside itself. Tests and their helpers may import anything. */
const BELOW: Record<string, string[]> = {
	client: [],
	styles: [],
	canvas: ['client'],
	ui: ['client', 'canvas'],
	view: ['client', 'canvas', 'ui'],
	draw: ['client', 'canvas', 'ui', 'view'],
	time: ['client', 'canvas', 'ui', 'view'],
	history: ['client', 'canvas', 'ui', 'view'],
	canvases: ['client', 'canvas', 'ui', 'view'],
	runs: ['client', 'canvas', 'ui', 'view'],
	app: ['client', 'canvas', 'ui', 'view', 'draw', 'time', 'history', 'canvases', 'runs'],
};

const root = import.meta.dirname;
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
	.filter((path) => /\.tsx?$/.test(path) && !/test|fakes/.test(path))
	.filter((path) => path.includes('/'));

function imports(path: string): string[] {
	const found = readFileSync(join(root, path), 'utf8').matchAll(/from '(\.[^']*)'/g);
	return [...found].map(([, name = '']) => relative(root, join(root, path, '..', name)));
}

test('imports point downwards', () => {
	expect(files.length).toBeGreaterThan(100);
	const wrong = files.flatMap((path) => {
		const folder = path.split('/')[0] ?? '';
		const allowed = [folder, ...(BELOW[folder] ?? [])];
		return imports(path)
			.filter((name) => !allowed.includes(name.split('/')[0] ?? ''))
			.map((name) => `${path} imports ${name}`);
	});
	expect(wrong).toEqual([]);
});
