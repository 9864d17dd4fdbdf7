import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { freePort } from './server';

const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

/** The files of a folder on an origin of their own. */
export async function serveSite(folder: string, port?: number): Promise<{ origin: string; close(): Promise<void> }> {
	const server = createServer(async ({ url = '/' }, response) => {
		const path = normalize(new URL(url, 'http://site').pathname);
		const file = path === '/' ? '/index.html' : path;
		const content = await readFile(join(folder, file)).catch(() => null);
		response.writeHead(content ? 200 : 404, { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream' });
		response.end(content);
	});
	const listensOn = port ?? (await freePort());
	await new Promise<void>((resolve) => server.listen(listensOn, '127.0.0.1', resolve));
	return {
		origin: `http://127.0.0.1:${listensOn}`,
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}
