import { useQueryClient } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { versionOf } from '../canvas/moment';
import { useCanvasStore } from '../canvas/store';
import { tagsKey, useTags } from '../canvas/tags';
import { data, usePixlog } from '../client';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { ErrorText } from '../ui/ErrorText';
import { Field } from '../ui/Field';
import { notify } from '../ui/notices';
import { formatCount } from '../ui/numbers';
import styles from './dialogs.module.css';
import { useAction } from './useAction';

/** Gives a name to the shown version, and takes names from it. */
export function TagDialog({ close }: { close(): void }) {
	const pixlog = usePixlog();
	const queries = useQueryClient();
	const [{ canvas, moment, head }] = useState(useCanvasStore().getState);
	const version = versionOf(moment, head);
	const tags = useTags();
	const [tag, setTag] = useState('');
	const { isBusy, error, run } = useAction();
	const taken = tags.find((one) => one.tag === tag.trim() && one.version !== version);
	const path = (name: string) => ({ params: { path: { name: canvas.name, tag: name } } });
	const reread = () => queries.invalidateQueries({ queryKey: tagsKey(canvas.name) });

	const save = (event: FormEvent) => {
		event.preventDefault();
		run(async () => {
			const name = tag.trim();
			await data(pixlog.api.PUT('/api/v1/canvases/{name}/tags/{tag}', { ...path(name), body: { version } }));
			await reread();
			notify('done', `Version ${formatCount(version)} is ${name} now`);
			close();
		});
	};
	const remove = (name: string) =>
		run(async () => {
			await data(pixlog.api.DELETE('/api/v1/canvases/{name}/tags/{tag}', path(name)));
			await reread();
		});
	return (
		<Dialog open onOpenChange={close} title={`Tag version ${formatCount(version)}`}>
			<form className={styles.form} onSubmit={save}>
				<Field label="Tag" hint="Small letters, digits, - and _, not digits alone.">
					{(control) => (
						<input
							{...control}
							value={tag}
							maxLength={64}
							autoComplete="off"
							onChange={(event) => setTag(event.target.value)}
						/>
					)}
				</Field>
				{taken && (
					<p className={styles.note}>
						{taken.tag} names version {formatCount(taken.version)} now, and will name this one.
					</p>
				)}
				<ul className={styles.tags} aria-label="Tags of this version">
					{tags
						.filter((one) => one.version === version)
						.map((one) => (
							<li key={one.tag}>
								<Button disabled={isBusy} aria-label={`Remove tag ${one.tag}`} onClick={() => remove(one.tag)}>
									{one.tag} <X />
								</Button>
							</li>
						))}
				</ul>
				{error && <ErrorText error={error} />}
				<div className={styles.buttons}>
					<Button onClick={close}>Cancel</Button>
					<Button type="submit" kind="primary" disabled={isBusy || !tag.trim()}>
						Tag
					</Button>
				</div>
			</form>
		</Dialog>
	);
}
