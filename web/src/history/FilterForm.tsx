import { type FormEvent, useState } from 'react';
import { useCanvasState, useCanvasStore } from '../canvas/store';
import { Button } from '../ui/Button';
import { Field } from '../ui/Field';
import { useView } from '../view/view';
import styles from './FilterForm.module.css';
import { type Filters, parseArea, visibleArea } from './filters';

interface FilterFormProps {
	filters: Filters;
	onChange(filters: Filters): void;
}

/** Asks for whom, what, where and when. */
export function FilterForm({ filters, onChange }: FilterFormProps) {
	const view = useView();
	const store = useCanvasStore();
	const canvas = useCanvasState((state) => state.canvas);
	const selection = useCanvasState((state) => state.selection);
	const [draft, setDraft] = useState(filters);
	const [area, setArea] = useState(filters.region ? Object.values(filters.region).join(', ') : '');
	const change = (patch: Partial<Filters>) => setDraft({ ...draft, ...patch });
	const region = area.trim() === '' ? null : parseArea(area, canvas);
	const isAreaWrong = area.trim() !== '' && region === null;

	const takeView = () => {
		const { camera } = store.getState();
		const seen = camera && visibleArea(camera, view.size(), canvas);
		if (seen) setArea(`${seen.x}, ${seen.y}, ${seen.w}, ${seen.h}`);
	};
	const submit = (event: FormEvent) => {
		event.preventDefault();
		if (!isAreaWrong) onChange({ ...draft, region });
	};
	return (
		<form className={styles.form} onSubmit={submit} aria-label="Filter the history">
			<Field label="Author">
				{(control) => (
					<input
						{...control}
						value={draft.author}
						maxLength={128}
						onChange={(event) => change({ author: event.target.value })}
					/>
				)}
			</Field>
			<Field label="Kind">
				{(control) => (
					<select
						{...control}
						value={draft.kind}
						onChange={(event) => change({ kind: event.target.value as Filters['kind'] })}
					>
						<option value="">Pixels and states</option>
						<option value="pixel">Only pixels</option>
						<option value="state">Only states</option>
					</select>
				)}
			</Field>
			<Field
				label="Area"
				className={styles.wide ?? ''}
				hint="Left, top, width, height"
				error={isAreaWrong ? `Four numbers within ${canvas.width} × ${canvas.height}` : null}
			>
				{(control) => (
					<input
						{...control}
						value={area}
						placeholder="x, y, w, h"
						autoComplete="off"
						onChange={(event) => setArea(event.target.value)}
					/>
				)}
			</Field>
			<div className={styles.buttons}>
				<Button onClick={takeView}>This view</Button>
				{selection && (
					<Button onClick={() => setArea(`${selection.x}, ${selection.y}, ${selection.w}, ${selection.h}`)}>
						The selection
					</Button>
				)}
			</div>
			<Moment label="Since" value={draft.since} onChange={(since) => change({ since })} />
			<Moment label="Until" value={draft.until} onChange={(until) => change({ until })} />
			<div className={styles.buttons}>
				<Button type="submit" kind="primary">
					Show what matches
				</Button>
			</div>
		</form>
	);
}

function Moment({ label, value, onChange }: { label: string; value: string; onChange(value: string): void }) {
	return (
		<Field label={label} className={styles.wide ?? ''}>
			{(control) => (
				<input
					{...control}
					type="datetime-local"
					step="1"
					value={value}
					onChange={(event) => onChange(event.target.value)}
				/>
			)}
		</Field>
	);
}
