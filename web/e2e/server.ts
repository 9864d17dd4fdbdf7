import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const BINARY = resolve(process.env.PIXLOG_BIN ?? join(import.meta.dirname, '../../target/debug/pixlog'));
const READY_MS = 30_000;

/** The real server, on a port and with data of its own. */
export interface Server {
	readonly url: string;
	readonly folder: string;
	/** Again, on the same port and data. */
	start(): Promise<void>;
	/** As a power cut would: nothing is asked, nothing is written. */
	kill(): Promise<void>;
	/** As an operator would. */
	stop(): Promise<void>;
	/** Ends it and removes its data. */
	remove(): Promise<void>;
}

/** Starts a server; `env` has what it is configured with. */
export async function startServer(env: Record<string, string> = {}): Promise<Server> {
	const folder = await mkdtemp(join(tmpdir(), 'pixlog-e2e-'));
	const port = await freePort();
	const url = `http://127.0.0.1:${port}`;
	const foreign = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(PIXLOG|ROCKET)_/.test(name)));
	let child: ChildProcess | null = null;

	const start = async () => {
		const args = ['serve', '--port', String(port), '--data', join(folder, 'data')];
		// Neither the folder of the sources nor the variables of who runs the tests configure it.
		child = spawn(BINARY, args, { cwd: folder, env: { ...foreign, ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
		await ready(child, url);
	};
	const end = async (signal: NodeJS.Signals) => {
		const ending = child;
		child = null;
		if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
		const exit = new Promise((resolve) => ending.once('exit', resolve));
		ending.kill(signal);
		await exit;
	};
	// Tests that are interrupted leave none running.
	const killAtExit = () => child?.kill('SIGKILL');
	process.once('exit', killAtExit);
	const server: Server = {
		url,
		folder,
		start,
		kill: () => end('SIGKILL'),
		stop: () => end('SIGTERM'),
		async remove() {
			await end('SIGKILL');
			process.off('exit', killAtExit);
			await rm(folder, { recursive: true, force: true });
		},
	};
	await start().catch(async (error: unknown) => {
		await server.remove();
		throw error;
	});
	return server;
}

/** Waits until it has opened its data; what it says meanwhile is told where it does not. */
async function ready(child: ChildProcess, url: string): Promise<void> {
	let said = '';
	child.stderr?.on('data', (text) => {
		said = (said + text).slice(-4000);
	});
	let failure: unknown;
	child.on('error', (error) => {
		failure = error;
	});
	for (const start = Date.now(); Date.now() - start < READY_MS; await sleep(20)) {
		if (failure || child.exitCode !== null) break;
		const response = await fetch(`${url}/health/ready`).catch(() => null);
		await response?.body?.cancel();
		if (response?.ok) return;
	}
	throw new Error(`${BINARY} does not serve: ${failure ?? said}`);
}

/** A port that nobody listens on now. */
export function freePort(): Promise<number> {
	return new Promise((resolve, reject) => {
		const probe = createServer();
		probe.on('error', reject);
		probe.listen(0, '127.0.0.1', () => {
			const address = probe.address();
			probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
		});
	});
}
