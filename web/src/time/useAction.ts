import { useState } from 'react';

/** One request of a dialog: whether it is under way, and what was wrong with the last. */
export interface ActionState {
	isBusy: boolean;
	error: Error | null;
	run(work: () => Promise<void>): void;
}

export function useAction(): ActionState {
	const [isBusy, setBusy] = useState(false);
	const [error, setError] = useState<Error | null>(null);
	return {
		isBusy,
		error,
		run(work) {
			setBusy(true);
			setError(null);
			work()
				.catch((cause: unknown) => setError(cause instanceof Error ? cause : new Error(String(cause))))
				.finally(() => setBusy(false));
		},
	};
}
