import { cleanup, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ApiError, createPixlog } from '../client';
import { problem, renderWith, testServer } from '../testing';
import { AccessButton } from './AccessButton';
import { hasTokens, learnCaller, signInRemedy, signOut, useAccess } from './access';
import { SignInDialog } from './SignInDialog';

const ALL = ['read', 'write', 'admin'];

beforeEach(() => {
	sessionStorage.clear();
	useAccess.setState({ token: null, caller: null, isDialogOpen: false });
});
afterEach(() => {
	cleanup();
	vi.unstubAllGlobals();
});

test('where the server takes all alike, there is nothing to sign in to', async () => {
	const { pixlog } = testServer(() => ({ caller: { name: null, scopes: ALL } }));
	await learnCaller(pixlog);
	renderWith(pixlog, <AccessButton />);
	expect(screen.queryByRole('button')).toBeNull();
	expect(signInRemedy(new ApiError(403, {}))).toBeNull();
});

test('one who may only read, or nothing, is offered to sign in, also by what was refused', async () => {
	await learnCaller(testServer(() => ({ caller: { name: null, scopes: ['read'] } })).pixlog);
	expect(hasTokens(useAccess.getState())).toBe(true);
	signInRemedy(new ApiError(403, {}))?.run();
	expect(useAccess.getState().isDialogOpen).toBe(true);
	const { pixlog } = testServer(() => problem(401, 'no-token', 'this needs a token'));
	await learnCaller(pixlog);
	renderWith(pixlog, <AccessButton />);
	expect(screen.getByRole('button', { name: 'Sign in' })).toBeTruthy();
	expect(signInRemedy(new ApiError(404, {}))).toBeNull();
});

test('a token begins a session and is kept for this tab; a wrong one is refused at its field', async () => {
	const asked: (string | null)[] = [];
	vi.stubGlobal('fetch', async (request: Request) => {
		const token = request.headers.get('Authorization');
		asked.push(token);
		return token === 'Bearer right'
			? Response.json({ name: 'ada', scopes: ALL })
			: problem(401, 'bad-token', 'this is none of the tokens');
	});
	useAccess.setState({ isDialogOpen: true });
	renderWith(createPixlog(), <SignInDialog />);
	const field = screen.getByLabelText('Token');
	await userEvent.type(field, 'wrong{Enter}');
	await screen.findByText('This is none of the tokens');
	expect(sessionStorage.getItem('pixlog.token')).toBeNull();
	await userEvent.clear(field);
	await userEvent.type(field, ' right {Enter}');
	await vi.waitFor(() => expect(useAccess.getState().token).toBe('right'));
	expect(sessionStorage.getItem('pixlog.token')).toBe('right');
	expect(useAccess.getState()).toMatchObject({ isDialogOpen: false, caller: { name: 'ada' } });
});

test('a tab that holds a token begins its session again, and one signs out of both', async () => {
	sessionStorage.setItem('pixlog.token', 'right');
	const lines: string[] = [];
	const pixlog = createPixlog({
		baseUrl: 'http://pixlog.test',
		token: 'right',
		fetch: async (request) => {
			lines.push(`${request.method} ${new URL(request.url).pathname}`);
			if (request.method === 'DELETE') return new Response(null, { status: 204 });
			return Response.json({ name: 'ada', scopes: ALL, caller: { name: 'ada', scopes: ALL } });
		},
	});
	await learnCaller(pixlog);
	expect(useAccess.getState().caller?.name).toBe('ada');
	await signOut(pixlog);
	expect(lines).toEqual(['POST /api/v1/session', 'GET /api/v1', 'DELETE /api/v1/session']);
	expect(sessionStorage.getItem('pixlog.token')).toBeNull();
	expect(useAccess.getState().token).toBeNull();
});
