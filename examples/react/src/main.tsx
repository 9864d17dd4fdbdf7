import { createPixlog, PixlogProvider } from 'pixlog-client';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Drawing } from './Drawing';
import { PingPong } from './PingPong';
import './style.css';

const baseUrl: string = import.meta.env.VITE_PIXLOG_URL ?? 'http://127.0.0.1:8000';

const root = document.getElementById('root');
if (!root) throw new Error('The page has no place for the app');
createRoot(root).render(
	<StrictMode>
		<PixlogProvider client={createPixlog({ baseUrl })}>
			<main>
				<h1>Ping-pong with pixlog</h1>
				<p>
					The server is at <a href={baseUrl}>{baseUrl}</a>.
				</p>
				<PingPong />
				<Drawing name="example" />
			</main>
		</PixlogProvider>
	</StrictMode>,
);
