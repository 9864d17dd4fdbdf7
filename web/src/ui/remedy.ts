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

/** An error in words, as a sentence begins; names of canvases, where they are told by their signs, stay as they are. */
export function messageOf(error: unknown): string {
	const text = error instanceof Error ? error.message : String(error);
	return /^[a-z]+[^a-z\s,:]/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
}
