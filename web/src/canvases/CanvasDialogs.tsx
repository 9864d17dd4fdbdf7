import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useHashLocation } from 'wouter/use-hash-location';
import { canvasPath } from '../canvas/path';
import { type Labelled, titleOf } from '../canvas/title';
import { usePixlog } from '../client';
import { Button } from '../ui/Button';
import { ConfirmDialog } from '../ui/ConfirmDialog';
import { Dialog, DialogActions } from '../ui/Dialog';
import { ErrorText } from '../ui/ErrorText';
import { Field } from '../ui/Field';
import { notify, notifyError } from '../ui/notices';
import { formatCount } from '../ui/numbers';
import { fork, relabel, remove } from './change';
import { nameProblem } from './names';

export type CanvasTask = 'rename' | 'fork' | 'delete';

interface CanvasDialogsProps {
	canvas: Labelled;
	/** What a fork starts with. */
	version: number;
	task: CanvasTask | null;
	close(): void;
	/** After the label changed. */
	onChange?(canvas: Labelled): void;
	onDelete?(): void;
}

/** The dialogs of what one does with a whole canvas; at most one of them is open. */
export function CanvasDialogs(props: CanvasDialogsProps) {
	const { canvas, task, close } = props;
	return (
		<>
			<Dialog open={task === 'rename'} onOpenChange={close} title={`Label of ${canvas.name}`}>
				<RenameForm {...props} />
			</Dialog>
			<Dialog
				open={task === 'fork'}
				onOpenChange={close}
				title={`Fork ${titleOf(canvas)}`}
				description={`A new canvas that starts with the picture of version ${formatCount(props.version)}.`}
			>
				<ForkForm {...props} />
			</Dialog>
			<DeleteDialog {...props} />
		</>
	);
}

function RenameForm({ canvas, close, onChange }: CanvasDialogsProps) {
	const pixlog = usePixlog();
	const queries = useQueryClient();
	const [label, setLabel] = useState(canvas.label ?? '');
	const naming = useMutation({
		mutationFn: () => relabel(pixlog, canvas.name, label),
		onSuccess: (changed) => {
			void queries.invalidateQueries({ queryKey: ['canvases'] });
			onChange?.(changed);
			close();
		},
	});
	const submit = (event: FormEvent) => {
		event.preventDefault();
		naming.mutate();
	};
	return (
		<form onSubmit={submit}>
			<Field label="Label" hint="Shown in place of the name; links stay as they are. Empty: none.">
				{(control) => (
					<input {...control} value={label} maxLength={128} onChange={(event) => setLabel(event.target.value)} />
				)}
			</Field>
			{naming.error && <ErrorText error={naming.error} />}
			<DialogActions>
				<Button kind="primary" type="submit" disabled={naming.isPending}>
					Save
				</Button>
			</DialogActions>
		</form>
	);
}

function ForkForm({ canvas, version, close }: CanvasDialogsProps) {
	const pixlog = usePixlog();
	const queries = useQueryClient();
	const [, navigate] = useHashLocation();
	const [name, setName] = useState('');
	const forking = useMutation({
		mutationFn: () => fork(pixlog, canvas.name, version, name),
		onSuccess: (made) => {
			void queries.invalidateQueries({ queryKey: ['canvases'] });
			close();
			navigate(canvasPath(made.name));
		},
	});
	const submit = (event: FormEvent) => {
		event.preventDefault();
		if (!nameProblem(name)) forking.mutate();
	};
	return (
		<form onSubmit={submit}>
			<Field label="Name" hint="Empty: one is made." error={nameProblem(name)}>
				{(control) => (
					<input
						{...control}
						value={name}
						autoCapitalize="none"
						spellCheck={false}
						onChange={(event) => setName(event.target.value)}
					/>
				)}
			</Field>
			{forking.error && <ErrorText error={forking.error} />}
			<DialogActions>
				<Button kind="primary" type="submit" disabled={forking.isPending}>
					Fork
				</Button>
			</DialogActions>
		</form>
	);
}

function DeleteDialog({ canvas, task, close, onDelete }: CanvasDialogsProps) {
	const pixlog = usePixlog();
	const queries = useQueryClient();
	const deletion = useMutation({
		mutationFn: () => remove(pixlog, canvas.name),
		onSuccess: () => {
			void queries.invalidateQueries({ queryKey: ['canvases'] });
			notify('done', `${titleOf(canvas)} is deleted`);
			onDelete?.();
		},
		onError: (error) => notifyError(error, () => deletion.mutate()),
	});
	return (
		<ConfirmDialog
			open={task === 'delete'}
			onOpenChange={close}
			title={`Delete ${titleOf(canvas)}?`}
			action="Delete it for good"
			onConfirm={() => deletion.mutate()}
		>
			The canvas <b>{canvas.name}</b> goes for everyone, with its tags and all that was drawn up to version{' '}
			{formatCount(canvas.version)}. That cannot be taken back, and its name is not given out again. Export it first to
			keep a copy.
		</ConfirmDialog>
	);
}
