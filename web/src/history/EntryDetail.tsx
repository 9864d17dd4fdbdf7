import { useQuery } from '@tanstack/react-query';
import { BadgeCheck, Crosshair, X } from 'lucide-react';
import { useCanvasState } from '../canvas/store';
import { data, type EntryBody, usePixlog } from '../client';
import { Button, IconButton } from '../ui/Button';
import { Time } from '../ui/Time';
import { useShowPlace } from '../view/showPlace';
import styles from './EntryDetail.module.css';
import { areaOf, sourceInWords, versionInWords, whatOf } from './entries';
import { areaInWords } from './filters';
import { Swatch } from './Swatch';
import { useMark } from './useMark';

/** Who did what and when; the picture shows the place, before it or after it. */
export function EntryDetail({ entry, close }: { entry: EntryBody; close(): void }) {
	const look = useCanvasState((state) => state.look);
	const moment = useCanvasState((state) => state.moment);
	const show = useShowPlace();
	const area = areaOf(entry);
	useMark('entry', area);
	const { version } = entry;
	const shown = moment.kind === 'version' ? moment.version : null;
	return (
		<section className={styles.detail} aria-label={versionInWords(version)}>
			<header className={styles.header}>
				<h2>{versionInWords(version)}</h2>
				<IconButton label="Show the place" onClick={() => show(area)}>
					<Crosshair />
				</IconButton>
				<IconButton label="Close the entry" onClick={close}>
					<X />
				</IconButton>
			</header>
			<div className={styles.sides}>
				<Button aria-pressed={shown === version - 1} onClick={() => look({ kind: 'version', version: version - 1 })}>
					Before
				</Button>
				<Button aria-pressed={shown === version} onClick={() => look({ kind: 'version', version })}>
					After
				</Button>
			</div>
			<dl className={styles.facts}>
				<dt>What</dt>
				<dd>{whatOf(entry)}</dd>
				{'region' in entry && (
					<>
						<dt>Where</dt>
						<dd>{areaInWords(entry.region)}</dd>
					</>
				)}
				{'color' in entry && <Colours x={entry.x} y={entry.y} color={entry.color} version={version} />}
				<dt>Who</dt>
				<dd>
					{entry.author ?? 'anonymous'}
					{entry.authenticated && (
						<span className={styles.known}>
							<BadgeCheck aria-hidden="true" /> known by a token
						</span>
					)}
				</dd>
				<dt>How</dt>
				<dd>{sourceInWords(entry.source)}</dd>
				<dt>When</dt>
				<dd>
					<Time at={entry.time} exact />
				</dd>
			</dl>
		</section>
	);
}

function Colours({ x, y, color, version }: { x: number; y: number; color: string; version: number }) {
	const pixlog = usePixlog();
	const name = useCanvasState((state) => state.canvas.name);
	const before = useQuery({
		queryKey: ['canvas', name, 'colour', x, y, version - 1],
		queryFn: ({ signal }) => {
			const params = { path: { name, x, y }, query: { version: String(version - 1) } };
			return data(pixlog.api.GET('/api/v1/canvases/{name}/pixels/{x}/{y}', { params, signal }));
		},
		staleTime: Number.POSITIVE_INFINITY,
	});
	return (
		<>
			<dt>Colour</dt>
			<dd>
				{before.data && (
					<>
						<Swatch color={before.data.color} /> →{' '}
					</>
				)}
				<Swatch color={color} />
			</dd>
		</>
	);
}
