import { useMutation } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { Button } from '../ui/Button';
import { Dialog, DialogActions } from '../ui/Dialog';
import { Field } from '../ui/Field';
import { messageOf } from '../ui/remedy';
import { setDialogOpen, signIn, useAccess } from './access';

/** Asks for a token. */
export function SignInDialog() {
	const isOpen = useAccess((state) => state.isDialogOpen);
	return (
		<Dialog
			open={isOpen}
			onOpenChange={setDialogOpen}
			title="Sign in"
			description="Whoever runs this server gives out tokens. With yours this tab may write; reading goes on in this browser for seven days, or until you sign out."
		>
			<TokenForm />
		</Dialog>
	);
}

function TokenForm() {
	const entering = useMutation({ mutationFn: (token: string) => signIn(token) });
	const submit = (event: FormEvent<HTMLFormElement>) => {
		event.preventDefault();
		const token = String(new FormData(event.currentTarget).get('token') ?? '').trim();
		if (token !== '') entering.mutate(token);
	};
	return (
		<form onSubmit={submit}>
			<Field label="Token" error={entering.error && messageOf(entering.error)}>
				{(control) => (
					<input
						{...control}
						name="token"
						type="password"
						required
						autoComplete="current-password"
						spellCheck={false}
					/>
				)}
			</Field>
			<DialogActions>
				<Button kind="primary" type="submit" disabled={entering.isPending}>
					{entering.isPending ? 'Signing in…' : 'Sign in'}
				</Button>
			</DialogActions>
		</form>
	);
}
