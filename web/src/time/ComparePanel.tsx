import type { Comparison } from '../canvas/comparison';
import { LIVE, type Moment, versionOf } from '../canvas/moment';
import { useCanvasState, useCanvasStore } from '../canvas/store';
import { useTags } from '../canvas/tags';
import { usePixlog } from '../client';
import { Button } from '../ui/Button';
import { ErrorText } from '../ui/ErrorText';
import styles from './ComparePanel.module.css';
import { useCompared, usualBefore } from './comparing';
import { Difference } from './Difference';
import { MomentField } from './MomentField';
import { useAction } from './useAction';

const MODES: { mode: Comparison['mode']; label: string }[] = [
	{ mode: 'side', label: 'Side by side' },
	{ mode: 'swipe', label: 'Swipe' },
	{ mode: 'changes', label: 'Changed pixels' },
];

/** Two moments beside each other, over each other, or only what differs. */
export function ComparePanel() {
	const comparison = useCanvasState((state) => state.comparison);
	return (
		<section className={styles.panel} aria-label="Compare">
			{comparison ? <Comparing comparison={comparison} /> : <Begin />}
		</section>
	);
}

function Begin() {
	const pixlog = usePixlog();
	const store = useCanvasStore();
	const tags = useTags();
	const { isBusy, error, run } = useAction();
	const begin = () =>
		run(async () => {
			const { canvas, moment, head, set } = store.getState();
			const version = await usualBefore(pixlog, canvas.name, tags, versionOf(moment, head));
			set({ comparison: { before: { kind: 'version', version }, after: null, mode: 'swipe' } });
		});
	return (
		<>
			<p>
				See what changed between two moments. It begins with the last tag, or the picture a day ago, and what the time
				bar shows; both can be chosen freely.
			</p>
			<Button kind="primary" disabled={isBusy} onClick={begin}>
				Compare two moments
			</Button>
			{error && <ErrorText error={error} retry={begin} />}
		</>
	);
}

function Comparing({ comparison }: { comparison: Comparison }) {
	const store = useCanvasStore();
	const compared = useCompared();
	const change = (patch: Partial<Comparison>) => store.setState({ comparison: { ...comparison, ...patch } });
	const shown = (): Moment => {
		const { moment, head } = store.getState();
		return { kind: 'version', version: versionOf(moment, head) };
	};
	return (
		<>
			<MomentField label="Before" moment={comparison.before} onChange={(before) => change({ before })}>
				<Button onClick={() => change({ before: shown() })}>Before = shown</Button>
			</MomentField>
			<MomentField label="After" moment={comparison.after} onChange={(after) => change({ after })}>
				<Button onClick={() => change({ after: shown() })}>After = shown</Button>
				<Button aria-pressed={comparison.after === null} onClick={() => change({ after: null })}>
					As the time bar
				</Button>
				<Button onClick={() => change({ after: LIVE })}>Live</Button>
			</MomentField>
			<fieldset className={styles.modes}>
				<legend>How</legend>
				{MODES.map(({ mode, label }) => (
					<label key={mode}>
						<input
							type="radio"
							name="compare-mode"
							checked={comparison.mode === mode}
							onChange={() => change({ mode })}
						/>{' '}
						{label}
					</label>
				))}
			</fieldset>
			{compared && <Difference compared={compared} />}
			<Button onClick={() => store.setState({ comparison: null })}>Stop comparing</Button>
		</>
	);
}
