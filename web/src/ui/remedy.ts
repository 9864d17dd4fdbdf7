/** What a reader can do about an error. */
export interface Remedy {
	label: string;
	run(): void;
}

type Finder = (error: unknown) => Remedy | null;

let finder: Finder = () => null;

/** Says what mends errors better than trying again; the shell knows that of those that ask who one is. */
export function setRemedies(find: Finder): void {
	finder = find;
}

export function remedyFor(error: unknown, retry?: () => void): Remedy | null {
	return finder(error) ?? (retry ? { label: 'Try again', run: retry } : null);
}

export function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
