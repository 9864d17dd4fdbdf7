import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

/** Where a server is while the app is developed with `npm run dev`. */
const server = process.env.PIXLOG_SERVER ?? 'http://127.0.0.1:8000';

export default defineConfig({
	base: '/app/',
	plugins: [react()],
	build: { outDir: '../assets/app', emptyOutDir: true, target: 'es2023', modulePreload: { polyfill: false } },
	server: { proxy: { '^/(api|health|openapi.json|docs|ping|pong|progress|history)': server } },
	test: { environment: 'happy-dom', include: ['src/**/*.test.{ts,tsx}'], restoreMocks: true },
});
