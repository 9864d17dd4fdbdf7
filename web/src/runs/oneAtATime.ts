/**
 * Does a task whenever it is asked for, but never twice at once: what is asked meanwhile is done once, afterwards.
 * The task tells its own failures.
 */
export function oneAtATime(task: () => Promise<void>): () => void {
	let isBusy = false;
	let isAsked = false;
	const work = async () => {
		isBusy = true;
		while (isAsked) {
			isAsked = false;
			await task();
		}
		isBusy = false;
	};
	return () => {
		isAsked = true;
		if (!isBusy) void work();
	};
}
