import { createContext, type ReactNode, useContext } from 'react';
import { createPixlog, type Pixlog } from './client';

const PixlogContext = createContext<Pixlog | null>(null);

/** Gives a client to the hooks below it. */
export function PixlogProvider({ client, children }: { client: Pixlog; children: ReactNode }) {
	return <PixlogContext value={client}>{children}</PixlogContext>;
}

let shared: Pixlog | undefined;

/** The client of the provider above; without one, a client of the page's own origin. */
export function usePixlog(): Pixlog {
	const provided = useContext(PixlogContext);
	shared ??= createPixlog();
	return provided ?? shared;
}
