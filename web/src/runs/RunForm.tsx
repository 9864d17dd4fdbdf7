import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useHashLocation } from 'wouter/use-hash-location';
import { ApiError, data, usePixlog } from '../client';
import { Button } from '../ui/Button';
import { ErrorText } from '../ui/ErrorText';
import { messageOf } from '../ui/remedy';
import { checkRun, EMPTY_FIELDS, type RunErrors, type RunFields, refusedField, toNewRun } from './newRun';
import styles from './RunForm.module.css';
import { PaceFields, SizeFields, SourceFields } from './RunFormFields';

/** Starts a run and goes there. */
export function RunForm() {
	const pixlog = usePixlog();
	const queries = useQueryClient();
	const [, navigate] = useHashLocation();
	const [fields, setFields] = useState(EMPTY_FIELDS);
	const [wasSent, setSent] = useState(false);
	const starting = useMutation({
		mutationFn: (sent: RunFields) => data(pixlog.api.POST('/api/v1/runs', { body: toNewRun(sent) })),
		onSuccess: ({ id }) => {
			void queries.invalidateQueries({ queryKey: ['runs'] });
			void queries.invalidateQueries({ queryKey: ['canvases'] });
			navigate(`/runs/${id}`);
		},
	});
	const found = checkRun(fields);
	const refused = refusalOf(starting.error);
	const set = (patch: Partial<RunFields>) => {
		starting.reset();
		setFields((before) => ({ ...before, ...patch }));
	};
	const submit = (event: FormEvent) => {
		event.preventDefault();
		setSent(true);
		if (Object.keys(found).length === 0) starting.mutate(fields);
	};
	const group = { fields, errors: { ...refused, ...(wasSent ? found : {}) }, set };
	return (
		<form onSubmit={submit} noValidate aria-labelledby="new-run" className={styles.form}>
			<h2 id="new-run">Start a run</h2>
			<SizeFields {...group} />
			<PaceFields {...group} />
			<SourceFields {...group} />
			{starting.error && Object.keys(refused).length === 0 && <ErrorText error={starting.error} />}
			<Button kind="primary" type="submit" disabled={starting.isPending}>
				{starting.isPending ? 'Starting…' : 'Start'}
			</Button>
		</form>
	);
}

function refusalOf(error: Error | null): RunErrors {
	const field = error instanceof ApiError ? refusedField(error) : null;
	return field ? { [field]: messageOf(error) } : {};
}
