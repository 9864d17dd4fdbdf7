/** Steps of this tab, the newest last, by their names. What they wrote is known to the outbox and the server. */
export interface Steps {
	undo: string[];
	redo: string[];
}

/** So many steps can be taken back, as in other programs. */
const STEPS_MAX = 500;

export const NO_STEPS: Steps = { undo: [], redo: [] };

/** Something new was done: what was taken back before cannot be done again. */
export function done(steps: Steps, step: string): Steps {
	return { undo: [...steps.undo, step].slice(-STEPS_MAX), redo: [] };
}

/** One step goes from a stack to the other, under the name of what takes it back. */
export function turned(steps: Steps, from: keyof Steps, step: string, becomes: string): Steps {
	const to = from === 'undo' ? 'redo' : 'undo';
	const moved = { ...without(steps, step) };
	return { ...moved, [to]: [...moved[to], becomes] };
}

/** It came to nothing. */
export function without(steps: Steps, step: string): Steps {
	return { undo: steps.undo.filter((one) => one !== step), redo: steps.redo.filter((one) => one !== step) };
}

/** What should have taken `of` back did not: `of` can still be taken back. */
export function restored(steps: Steps, step: string, of: string): Steps {
	if (steps.redo.includes(step)) return turned(steps, 'redo', step, of);
	return steps.undo.includes(step) ? turned(steps, 'undo', step, of) : steps;
}

/** Reads what was kept for a tab. */
export function parseSteps(text: string | null): Steps {
	try {
		const { undo, redo } = JSON.parse(text ?? '') as Partial<Steps>;
		return { undo: namesIn(undo), redo: namesIn(redo) };
	} catch {
		return NO_STEPS;
	}
}

function namesIn(list: unknown): string[] {
	return Array.isArray(list) ? list.filter((one) => typeof one === 'string') : [];
}
