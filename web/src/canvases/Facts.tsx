import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useCanvasState } from '../canvas/store';
import type { Labelled } from '../canvas/title';
import { data, type Stats, usePixlog } from '../client';
import { ErrorText } from '../ui/ErrorText';
import { formatBytes, formatCount, formatSeconds } from '../ui/numbers';
import { Time } from '../ui/Time';
import styles from './CanvasPanel.module.css';

const REFRESH_MS = 5000;

/** What is known about the canvas that does not depend on a version. */
export function Facts() {
	const pixlog = usePixlog();
	const canvas: Labelled = useCanvasState((state) => state.canvas);
	const stats = useQuery({
		queryKey: ['canvas', canvas.name, 'stats'],
		queryFn: () => data(pixlog.api.GET('/api/v1/canvases/{name}/stats', { params: { path: { name: canvas.name } } })),
		refetchInterval: REFRESH_MS,
	});
	return (
		<section aria-label="Facts">
			<dl className={styles.facts}>
				{canvas.label && <Fact term="Label">{canvas.label}</Fact>}
				<Fact term="Name">{canvas.name}</Fact>
				<Fact term="Size">
					{canvas.width} × {canvas.height}
				</Fact>
				<Fact term="Colours">
					{canvas.mode === 'rgba' ? 'With transparency (rgba)' : 'Opaque (rgb)'}, on {canvas.background}
				</Fact>
				<Fact term="Palette">
					<Palette colors={canvas.palette ?? null} />
				</Fact>
				<Fact term="Cooldown">{canvas.cooldown_ms > 0 ? formatSeconds(canvas.cooldown_ms / 1000) : 'None'}</Fact>
				<Fact term="Made">
					<Time at={canvas.created_at} exact />
				</Fact>
				{stats.data && <Measured stats={stats.data} />}
			</dl>
			{stats.error && <ErrorText error={stats.error} retry={stats.refetch} />}
		</section>
	);
}

function Measured({ stats }: { stats: Stats }) {
	return (
		<>
			<Fact term="Entries">
				{formatCount(stats.version)}: {formatCount(stats.entries.pixel)} pixels, {formatCount(stats.entries.state)}{' '}
				states
			</Fact>
			<Fact term="Authors">{formatCount(stats.authors)}</Fact>
			<Fact term="Log">{formatBytes(stats.log_bytes)}</Fact>
		</>
	);
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
	return (
		<div>
			<dt>{term}</dt>
			<dd>{children}</dd>
		</div>
	);
}

function Palette({ colors }: { colors: string[] | null }) {
	if (!colors) return 'All colours';
	return (
		<span className={styles.swatches} role="img" aria-label={`Only ${colors.join(', ')}`}>
			{colors.map((color) => (
				<span key={color} title={color} style={{ background: color }} />
			))}
		</span>
	);
}
