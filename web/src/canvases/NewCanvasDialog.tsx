import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useHashLocation } from 'wouter/use-hash-location';
import { canvasPath } from '../canvas/path';
import { ApiError, data, usePixlog } from '../client';
import { Button } from '../ui/Button';
import { Dialog, DialogActions } from '../ui/Dialog';
import { ErrorText } from '../ui/ErrorText';
import { messageOf } from '../ui/remedy';
import { AppearanceFields, IdentityFields, RuleFields, SizeFields } from './NewCanvasFields';
import {
	type CanvasErrors,
	type CanvasFields,
	checkCanvas,
	EMPTY_FIELDS,
	refusedField,
	toNewCanvas,
} from './newCanvas';

interface NewCanvasDialogProps {
	open: boolean;
	onOpenChange(open: boolean): void;
}

export function NewCanvasDialog(props: NewCanvasDialogProps) {
	return (
		<Dialog {...props} title="New canvas">
			<NewCanvasForm />
		</Dialog>
	);
}

/** Makes a canvas and goes there. */
export function NewCanvasForm() {
	const pixlog = usePixlog();
	const queries = useQueryClient();
	const [, navigate] = useHashLocation();
	const [fields, setFields] = useState(EMPTY_FIELDS);
	const [wasSent, setSent] = useState(false);
	const making = useMutation({
		mutationFn: (sent: CanvasFields) => data(pixlog.api.POST('/api/v1/canvases', { body: toNewCanvas(sent) })),
		onSuccess: ({ name }) => {
			void queries.invalidateQueries({ queryKey: ['canvases'] });
			navigate(canvasPath(name));
		},
	});
	const found = checkCanvas(fields);
	const refused = refusalOf(making.error);
	// A name is judged while it is typed; the rest when the form is sent.
	const errors = { ...refused, ...(wasSent ? found : found.name ? { name: found.name } : {}) };
	const set = (patch: Partial<CanvasFields>) => {
		making.reset();
		setFields((before) => ({ ...before, ...patch }));
	};
	const submit = (event: FormEvent) => {
		event.preventDefault();
		setSent(true);
		if (Object.keys(found).length === 0) making.mutate(fields);
	};
	const group = { fields, errors, set };
	return (
		<form onSubmit={submit} noValidate>
			<SizeFields {...group} />
			<IdentityFields {...group} />
			<AppearanceFields {...group} />
			<RuleFields {...group} />
			{making.error && Object.keys(refused).length === 0 && <ErrorText error={making.error} />}
			<DialogActions>
				<Button kind="primary" type="submit" disabled={making.isPending}>
					{making.isPending ? 'Making it…' : 'Make the canvas'}
				</Button>
			</DialogActions>
		</form>
	);
}

function refusalOf(error: Error | null): CanvasErrors {
	const field = error instanceof ApiError ? refusedField(error) : null;
	return field ? { [field]: messageOf(error) } : {};
}
