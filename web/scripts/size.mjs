// Adds up what a browser loads of the built app: all of its JavaScript, compressed as the server sends it.
import { readdir, readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';

const LIMIT = 200_000;
const folder = new URL('../../assets/app/', import.meta.url);

const names = await readdir(folder, { recursive: true }).catch(() => []);
const scripts = names.filter((name) => name.endsWith('.js'));
if (scripts.length === 0) throw new Error('There is no built app: run `npm run build` first');

let total = 0;
for (const name of scripts) {
	const bytes = gzipSync(await readFile(new URL(name, folder)), { level: 9 }).length;
	total += bytes;
	process.stdout.write(`${String(bytes).padStart(8)}  ${name}\n`);
}
process.stdout.write(`${String(total).padStart(8)}  in all, of at most ${LIMIT}\n`);
process.exitCode = total > LIMIT ? 1 : 0;
