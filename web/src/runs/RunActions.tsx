import { useMutation, useQueryClient } from '@tanstack/react-query';
import { CircleX, Pause, Play } from 'lucide-react';
import { useState } from 'react';
import { data, type Pixlog, type RunBody, usePixlog } from '../client';
import { Button } from '../ui/Button';
import { ConfirmDialog } from '../ui/ConfirmDialog';
import { notifyError } from '../ui/notices';
import { formatCount } from '../ui/numbers';
import { isAlive, keepRun } from './useRuns';

type Order = 'pause' | 'resume' | 'cancel';

/** What can be done with a run that is not over. */
export function RunActions({ run }: { run: RunBody }) {
	const [isAsking, setAsking] = useState(false);
	const ordering = useOrder(run.id);
	if (!isAlive(run)) return null;
	const isRunning = run.status === 'running';
	return (
		<>
			<Button
				kind={isRunning ? 'plain' : 'primary'}
				disabled={ordering.isPending}
				onClick={() => ordering.mutate(isRunning ? 'pause' : 'resume')}
			>
				{isRunning ? <Pause aria-hidden="true" /> : <Play aria-hidden="true" />}
				{isRunning ? 'Pause' : 'Resume'}
			</Button>
			<Button kind="danger" disabled={ordering.isPending} onClick={() => setAsking(true)}>
				<CircleX aria-hidden="true" /> Cancel…
			</Button>
			<ConfirmDialog
				open={isAsking}
				onOpenChange={setAsking}
				title={`Cancel run ${run.id}?`}
				action="Cancel the run"
				refusal="Let it go on"
				onConfirm={() => ordering.mutate('cancel')}
			>
				It ends where it is and cannot be resumed. The {formatCount(run.pixels)} pixels that it drew stay on the canvas.
			</ConfirmDialog>
		</>
	);
}

function useOrder(id: number) {
	const pixlog = usePixlog();
	const queries = useQueryClient();
	const ordering = useMutation({
		mutationFn: (order: Order) => send(pixlog, id, order),
		onSuccess: (run) => keepRun(queries, run),
		onError: (error, order) => {
			// It may be over meanwhile, and then the order means nothing: what it is now is shown.
			void queries.invalidateQueries({ queryKey: ['run', id] });
			notifyError(error, () => ordering.mutate(order));
		},
	});
	return ordering;
}

function send(pixlog: Pixlog, id: number, order: Order): Promise<RunBody> {
	const params = { path: { id } };
	if (order === 'pause') return data(pixlog.api.POST('/api/v1/runs/{id}/pause', { params }));
	if (order === 'resume') return data(pixlog.api.POST('/api/v1/runs/{id}/resume', { params }));
	return data(pixlog.api.POST('/api/v1/runs/{id}/cancel', { params }));
}
