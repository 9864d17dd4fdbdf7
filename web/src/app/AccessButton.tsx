import { LogIn, LogOut, User } from 'lucide-react';
import { usePixlog } from '../client';
import { Button } from '../ui/Button';
import { Menu, MenuItem, MenuLabel } from '../ui/Menu';
import { notifyError } from '../ui/notices';
import { hasTokens, setDialogOpen, signOut, useAccess } from './access';
import styles from './Header.module.css';

/** Who one is to the server; nothing where it takes all alike. */
export function AccessButton() {
	const pixlog = usePixlog();
	const access = useAccess();
	const { caller, token } = access;
	if (!hasTokens(access)) return null;
	if (!caller?.name) {
		return (
			<Button onClick={() => setDialogOpen(true)}>
				<LogIn aria-hidden="true" /> Sign in
			</Button>
		);
	}
	const leave = () => {
		signOut(pixlog).catch((error) => notifyError(error, leave));
	};
	return (
		<Menu
			trigger={
				<Button aria-label={`Signed in as ${caller.name}`}>
					<User aria-hidden="true" /> <span className={styles.wide}>{caller.name}</span>
				</Button>
			}
		>
			<MenuLabel>
				{token ? `${caller.name} may ${caller.scopes.join(', ')}` : `${caller.name} only reads in this tab`}
			</MenuLabel>
			{!token && (
				<MenuItem icon={<LogIn aria-hidden="true" />} onSelect={() => setDialogOpen(true)}>
					Sign in to write
				</MenuItem>
			)}
			<MenuItem icon={<LogOut aria-hidden="true" />} onSelect={leave}>
				Sign out
			</MenuItem>
		</Menu>
	);
}
