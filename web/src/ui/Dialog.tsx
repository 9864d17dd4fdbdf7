import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { IconButton } from './Button';
import styles from './Dialog.module.css';

interface DialogProps {
	open: boolean;
	onOpenChange(open: boolean): void;
	title: string;
	/** A sentence below the title. */
	description?: string;
	/** For pictures, which want room. */
	wide?: boolean;
	children: ReactNode;
}

/** A dialog that takes the keys until it is closed; a sheet from below on phones. */
export function Dialog({ open, onOpenChange, title, description, wide = false, children }: DialogProps) {
	return (
		<Radix.Root open={open} onOpenChange={onOpenChange}>
			<Radix.Portal>
				<Radix.Overlay className={styles.overlay} />
				<Radix.Content
					className={wide ? `${styles.dialog} ${styles.wide}` : styles.dialog}
					onOpenAutoFocus={focusFirstField}
					{...(description ? {} : { 'aria-describedby': undefined })}
				>
					<header className={styles.header}>
						<Radix.Title className={styles.title}>{title}</Radix.Title>
						<Radix.Close asChild>
							<IconButton label="Close">
								<X />
							</IconButton>
						</Radix.Close>
					</header>
					{description && <Radix.Description>{description}</Radix.Description>}
					{children}
				</Radix.Content>
			</Radix.Portal>
		</Radix.Root>
	);
}

/**
 * Where there is something to fill in, one begins there, unless that calls a keyboard onto the screen. Else the dialog
 * itself has the focus, and no button's tip is open.
 */
function focusFirstField(event: Event): void {
	const dialog = event.currentTarget;
	if (!(dialog instanceof HTMLElement)) return;
	event.preventDefault();
	const field = matchMedia('(pointer: coarse)').matches
		? null
		: dialog.querySelector<HTMLElement>('input, select, textarea');
	(field ?? dialog).focus();
}

/** The buttons at the end of a dialog. */
export function DialogActions({ children }: { children: ReactNode }) {
	return <div className={styles.actions}>{children}</div>;
}
