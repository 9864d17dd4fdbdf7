import { usePingPong } from 'pixlog-client';
import { type FormEvent, useEffect } from 'react';
import { HistoryCount } from './HistoryCount';

const FIELDS = [
	{ name: 'width', label: 'Width', value: 28, max: 4096 },
	{ name: 'height', label: 'Height', value: 28, max: 4096 },
	{ name: 'granular', label: 'A picture at each … %', value: 10, max: 100 },
] as const;

/** The calls of the original service: start a run, watch it, keep its pictures. */
export function PingPong() {
	const { pictures, progression, isRunning, error, start, load, stopWaiting } = usePingPong();

	// What was running before this page was opened, or reloaded.
	useEffect(() => void load(), [load]);

	const submit = (event: FormEvent<HTMLFormElement>) => {
		event.preventDefault();
		const form = new FormData(event.currentTarget);
		const [width, height, granular] = FIELDS.map(({ name }) => Number(form.get(name)));
		if (width && height && granular) void start({ width, height, granular });
	};

	return (
		<section aria-labelledby="runs">
			<h2 id="runs">A run</h2>
			<form onSubmit={submit}>
				{FIELDS.map(({ name, label, value, max }) => (
					<label key={name}>
						{label} <input name={name} type="number" min="1" max={max} defaultValue={value} required />
					</label>
				))}
				<button type="submit">Start</button>
				<button type="button" onClick={stopWaiting} disabled={!isRunning}>
					Stop waiting
				</button>
			</form>
			{error && (
				<p role="alert">
					{error.message}.{' '}
					<button type="button" onClick={() => void load()}>
						Look again
					</button>
				</p>
			)}
			<p>
				<label>
					Progress <progress max="100" value={progression} />
				</label>{' '}
				<output>{progression} %</output> · <HistoryCount key={`${isRunning} ${pictures.length}`} />
			</p>
			<ol className="pictures" aria-label="Pictures">
				{pictures.map(({ name, percent, url }) => (
					<li key={name}>
						<img src={url} alt={`The run at ${percent} %`} /> {percent} %
					</li>
				))}
			</ol>
		</section>
	);
}
