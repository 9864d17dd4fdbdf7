import { defineConfig } from 'vitest/config';

/** Real browsers against the real server: one file at a time, for each starts both. */
export default defineConfig({
	test: {
		environment: 'node',
		include: ['e2e/**/*.e2e.ts'],
		fileParallelism: false,
		testTimeout: 120_000,
		hookTimeout: 120_000,
	},
});
