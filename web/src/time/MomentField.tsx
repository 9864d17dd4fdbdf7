import { type KeyboardEvent, type ReactNode, useId, useState } from 'react';
import type { Moment } from '../canvas/moment';
import { LIVE } from '../canvas/moment';
import { useCanvasState } from '../canvas/store';
import { useTags } from '../canvas/tags';
import { resolveVersion } from '../canvas/versions';
import { usePixlog } from '../client';
import { Field } from '../ui/Field';
import { messageOf } from '../ui/remedy';
import styles from './ComparePanel.module.css';

interface MomentFieldProps {
	label: string;
	/** `null`: what the time bar shows. */
	moment: Moment | null;
	onChange(moment: Moment): void;
	/** Buttons that choose without typing. */
	children: ReactNode;
}

/** A moment by its version, a tag, or as the live picture. */
export function MomentField({ label, moment, onChange, children }: MomentFieldProps) {
	const pixlog = usePixlog();
	const name = useCanvasState((state) => state.canvas.name);
	const tags = useTags();
	const listId = useId();
	const [typed, setTyped] = useState<string | null>(null);
	const [error, setError] = useState<string | null>(null);
	const [seen, setSeen] = useState(moment);
	// What is chosen by a button takes the place of what was typed.
	if (seen !== moment) {
		setSeen(moment);
		setTyped(null);
		setError(null);
	}

	const commit = async () => {
		const wanted = typed?.trim();
		if (!wanted || wanted === inWords(moment)) {
			setTyped(null);
			setError(null);
			return;
		}
		try {
			const isLive = wanted.toLowerCase() === 'live';
			const version = isLive ? 0 : await resolveVersion(pixlog, name, { version: wanted });
			onChange(isLive ? LIVE : { kind: 'version', version });
			setTyped(null);
		} catch (cause) {
			setError(messageOf(cause));
		}
	};
	const press = (event: KeyboardEvent) => {
		if (event.key === 'Enter') void commit();
	};
	return (
		<div className={styles.moment}>
			<Field label={label} error={error}>
				{(control) => (
					<input
						{...control}
						list={listId}
						autoComplete="off"
						value={typed ?? inWords(moment)}
						onChange={(event) => setTyped(event.target.value)}
						onFocus={(event) => event.target.select()}
						onBlur={commit}
						onKeyDown={press}
					/>
				)}
			</Field>
			<datalist id={listId}>
				<option value="live" />
				{tags.map(({ tag }) => (
					<option key={tag} value={tag} />
				))}
			</datalist>
			<div className={styles.choices}>{children}</div>
		</div>
	);
}

function inWords(moment: Moment | null): string {
	if (!moment) return 'as the time bar';
	return moment.kind === 'live' ? 'live' : String(moment.version);
}
