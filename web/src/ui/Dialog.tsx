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
	children: ReactNode;
}

/** A dialog that takes the keys until it is closed; a sheet from below on phones. */
export function Dialog({ open, onOpenChange, title, description, children }: DialogProps) {
	return (
		<Radix.Root open={open} onOpenChange={onOpenChange}>
			<Radix.Portal>
				<Radix.Overlay className={styles.overlay} />
				<Radix.Content className={styles.dialog} {...(description ? {} : { 'aria-describedby': undefined })}>
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
