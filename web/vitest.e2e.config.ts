import { defineConfig } from 'vitest/config';

/**
 * Real browsers against the real server: one file at a time, for each starts both. PIXLOG_BIN is the server, the debug
 * build where nothing is said; PIXLOG_CHROMIUM the browser; PIXLOG_SCREENSHOTS the folder for what is to be looked at.
 */
export default defineConfig({
	test: {
		environment: 'node',
		include: ['e2e/**/*.e2e.ts'],
		fileParallelism: false,
		testTimeout: 120_000,
		hookTimeout: 120_000,
	},
});
