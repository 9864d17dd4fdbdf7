import type { RunBody } from '../client';
import { formatCount } from '../ui/numbers';

const WORDS: Record<string, string> = {
	running: 'Running',
	paused: 'Paused',
	completed: 'Complete',
	cancelled: 'Cancelled',
	failed: 'Failed',
};

export function statusWord({ status }: RunBody): string {
	return WORDS[status] ?? status;
}

/** What the state of a run means, where that is not plain; `null` where it is. */
export function statusMeaning(run: RunBody): string | null {
	switch (run.status) {
		case 'paused':
			return 'It waits at a safe point, and goes on when somebody resumes it.';
		case 'cancelled':
			return `It was ended at ${run.progression} %. Its ${formatCount(run.pixels)} pixels stay on the canvas.`;
		case 'failed':
			return `${run.error ?? 'The server does not say why.'} What was drawn until then stays on the canvas.`;
		default:
			return null;
	}
}
