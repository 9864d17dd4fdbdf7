import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useHashLocation } from 'wouter/use-hash-location';
import { versionOf } from '../canvas/moment';
import { canvasPath } from '../canvas/path';
import { useCanvasStore } from '../canvas/store';
import { data, usePixlog } from '../client';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { ErrorText } from '../ui/ErrorText';
import { Field } from '../ui/Field';
import { notify } from '../ui/notices';
import { formatCount } from '../ui/numbers';
import styles from './dialogs.module.css';
import { useAction } from './useAction';

/** Makes a new canvas of the shown image, and goes there. */
export function ForkDialog({ close }: { close(): void }) {
	const pixlog = usePixlog();
	const queries = useQueryClient();
	const [, navigate] = useHashLocation();
	const [{ canvas, moment, head }] = useState(useCanvasStore().getState);
	const version = versionOf(moment, head);
	const [name, setName] = useState('');
	const { isBusy, error, run } = useAction();
	const fork = (event: FormEvent) => {
		event.preventDefault();
		run(async () => {
			const made = await data(
				pixlog.api.POST('/api/v1/canvases/{name}/fork', {
					params: { path: { name: canvas.name } },
					body: { version, ...(name.trim() ? { name: name.trim() } : {}) },
				}),
			);
			void queries.invalidateQueries({ queryKey: ['canvases'] });
			notify('done', `${made.name} was made of version ${formatCount(version)} of ${canvas.name}`);
			close();
			navigate(canvasPath(made.name));
		});
	};
	return (
		<Dialog
			open
			onOpenChange={close}
			title={`Fork from version ${formatCount(version)}`}
			description="A new canvas begins with this image. This canvas stays as it is."
		>
			<form className={styles.form} onSubmit={fork}>
				<Field label="Name of the new canvas" hint="Small letters, digits, - and _. Without a name, one is made.">
					{(control) => (
						<input
							{...control}
							value={name}
							maxLength={64}
							autoComplete="off"
							onChange={(event) => setName(event.target.value)}
						/>
					)}
				</Field>
				{error && <ErrorText error={error} />}
				<div className={styles.buttons}>
					<Button onClick={close}>Cancel</Button>
					<Button type="submit" kind="primary" disabled={isBusy}>
						Fork
					</Button>
				</div>
			</form>
		</Dialog>
	);
}
