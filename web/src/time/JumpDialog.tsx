import { type FormEvent, useId, useState } from 'react';
import { versionOf } from '../canvas/moment';
import { useCanvasState, useCanvasStore } from '../canvas/store';
import { useTags } from '../canvas/tags';
import { type Named, resolveVersion, useVersionTime } from '../canvas/versions';
import { usePixlog } from '../client';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { ErrorText } from '../ui/ErrorText';
import { Field } from '../ui/Field';
import { formatCount } from '../ui/numbers';
import { fromLocalInput, toLocalInput } from '../ui/words';
import styles from './dialogs.module.css';
import { useAction } from './useAction';

/** Goes to a version by its number, its tag or a time; the server says which it is. */
export function JumpDialog({ close }: { close(): void }) {
	const pixlog = usePixlog();
	const store = useCanvasStore();
	const [name, shown] = [store.getState().canvas.name, useCanvasState(({ moment, head }) => versionOf(moment, head))];
	const tags = useTags();
	const listId = useId();
	const [version, setVersion] = useState('');
	const [date, setDate] = useState<string | null>(null);
	const { isBusy, error, run } = useAction();
	const shownAt = useVersionTime(shown);
	const shownDate = date ?? (shownAt ? toLocalInput(shownAt) : '');

	const go = (named: Named) =>
		run(async () => {
			const found = await resolveVersion(pixlog, name, named);
			store.getState().reach(found);
			store.getState().look({ kind: 'version', version: found });
			close();
		});
	const submitVersion = (event: FormEvent) => {
		event.preventDefault();
		const wanted = version.trim().replace(/[,\s]/g, '');
		if (wanted) go({ version: wanted });
	};
	const submitDate = (event: FormEvent) => {
		event.preventDefault();
		const at = fromLocalInput(shownDate);
		if (at) go({ at });
	};
	return (
		<Dialog open onOpenChange={close} title="Go to a moment">
			<div className={`${styles.form} ${styles.moments}`}>
				<form className={styles.line} onSubmit={submitVersion}>
					<Field label="Version or tag">
						{(control) => (
							<input
								{...control}
								list={listId}
								value={version}
								placeholder={formatCount(shown)}
								autoComplete="off"
								onChange={(event) => setVersion(event.target.value)}
							/>
						)}
					</Field>
					<Button type="submit" kind="primary" disabled={isBusy || !version.trim()}>
						Go to version
					</Button>
				</form>
				<form className={styles.line} onSubmit={submitDate}>
					<Field label="Date and time">
						{(control) => (
							<input
								{...control}
								type="datetime-local"
								step="1"
								value={shownDate}
								onChange={(event) => setDate(event.target.value)}
							/>
						)}
					</Field>
					<Button type="submit" kind="primary" disabled={isBusy || !fromLocalInput(shownDate)}>
						Go to date
					</Button>
				</form>
				<p className={styles.note}>A date shows the last version at or before it.</p>
				{error && <ErrorText error={error} />}
				<datalist id={listId}>
					{tags.map(({ tag }) => (
						<option key={tag} value={tag} />
					))}
				</datalist>
				{tags.length > 0 && (
					<ul className={styles.tags} aria-label="Tags">
						{tags.map(({ tag }) => (
							<li key={tag}>
								<Button disabled={isBusy} onClick={() => go({ version: tag })}>
									{tag}
								</Button>
							</li>
						))}
					</ul>
				)}
			</div>
		</Dialog>
	);
}
