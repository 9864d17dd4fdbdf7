/** Does a task whenever it is asked for, but never twice at once: what is asked meanwhile is done once, afterwards. */
export function oneAtATime(task: () => Promise<void>): () => void {
	let isBusy = false;
	let isAsked = false;
	return async () => {
		isAsked = true;
		if (isBusy) return;
		isBusy = true;
		while (isAsked) {
			isAsked = false;
			await task();
		}
		isBusy = false;
	};
}
