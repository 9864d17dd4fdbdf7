import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// The server lets pages of this port in without being told: PIXLOG_CORS_ORIGINS names others.
export default defineConfig({
	plugins: [react()],
	server: { port: 5173, strictPort: true },
	preview: { port: 5173, strictPort: true },
});
