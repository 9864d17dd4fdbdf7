import { create } from 'zustand';
import { ApiError, createPixlog, data, type InfoBody, type Pixlog } from '../client';
import { forgetErrors } from '../ui/notices';
import type { Remedy } from '../ui/remedy';

/** For as long as the tab is open; the server's cookie stands for it where pictures and events are read. */
const KEY = 'pixlog.token';

interface Access {
	/** Sent with every request of this tab; without it one reads and writes as the server lets anyone. */
	token: string | null;
	/** Whom the server takes one for. */
	caller: InfoBody['caller'] | null;
	isDialogOpen: boolean;
}

export const useAccess = create<Access>()(() => ({
	token: sessionStorage.getItem(KEY),
	caller: null,
	isDialogOpen: false,
}));

export function setDialogOpen(isDialogOpen: boolean): void {
	useAccess.setState({ isDialogOpen });
}

/** Whether the server tells its callers apart: one who has a name or may not do all is not alone with it. */
export function hasTokens({ caller }: Access): boolean {
	return caller !== null && (Boolean(caller.name) || caller.scopes.length < 3);
}

/** Asks who one is. A tab that holds a token begins its session again, for sessions end with the server. */
export async function learnCaller(pixlog: Pixlog): Promise<void> {
	if (pixlog.token) await data(pixlog.api.POST('/api/v1/session')).catch(() => {});
	const caller = await data(pixlog.api.GET('/api/v1')).then((info) => info.caller, nobody);
	useAccess.setState({ caller });
}

/** One whom the server tells nothing may do nothing. */
function nobody(error: unknown): InfoBody['caller'] {
	if (error instanceof ApiError && error.status === 401) return { name: null, scopes: [] };
	throw error;
}

/** Begins a session with a token, and keeps the token; throws what the server has against it. */
export async function signIn(token: string, client = createPixlog({ token })): Promise<void> {
	const { name, scopes } = await data(client.api.POST('/api/v1/session'));
	sessionStorage.setItem(KEY, token);
	useAccess.setState({ token, caller: { name, scopes }, isDialogOpen: false });
	forgetErrors();
}

export async function signOut(pixlog: Pixlog): Promise<void> {
	await data(pixlog.api.DELETE('/api/v1/session'));
	sessionStorage.removeItem(KEY);
	useAccess.setState({ token: null, caller: null });
}

/** What was refused for want of a token is mended by one; where there are no tokens, it was refused for another reason. */
export function signInRemedy(error: unknown): Remedy | null {
	if (!(error instanceof ApiError)) return null;
	const isRefusal = error.status === 401 || (error.status === 403 && hasTokens(useAccess.getState()));
	return isRefusal ? { label: 'Sign in', run: () => setDialogOpen(true) } : null;
}
