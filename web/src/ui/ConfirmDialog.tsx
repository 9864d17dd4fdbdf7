import { AlertDialog } from 'radix-ui';
import type { ReactNode } from 'react';
import { Button } from './Button';
import styles from './Dialog.module.css';

interface ConfirmDialogProps {
	open: boolean;
	onOpenChange(open: boolean): void;
	/** The question. */
	title: string;
	/** What it will do, and whether that can be taken back. */
	children: ReactNode;
	/** What the button says that does it. */
	action: string;
	/** What the button says that does nothing. */
	refusal?: string;
	disabled?: boolean;
	onConfirm(): void;
}

/** Asks before something that cannot be taken back. The button that does nothing has the focus. */
export function ConfirmDialog(props: ConfirmDialogProps) {
	const { open, onOpenChange, title, children, action, refusal = 'Keep it', disabled = false, onConfirm } = props;
	return (
		<AlertDialog.Root open={open} onOpenChange={onOpenChange}>
			<AlertDialog.Portal>
				<AlertDialog.Overlay className={styles.overlay} />
				<AlertDialog.Content className={styles.dialog}>
					<AlertDialog.Title className={styles.title}>{title}</AlertDialog.Title>
					<AlertDialog.Description asChild>
						<div className={styles.text}>{children}</div>
					</AlertDialog.Description>
					<div className={styles.actions}>
						<AlertDialog.Cancel asChild>
							<Button>{refusal}</Button>
						</AlertDialog.Cancel>
						<AlertDialog.Action asChild>
							<Button kind="danger" disabled={disabled} onClick={onConfirm}>
								{action}
							</Button>
						</AlertDialog.Action>
					</div>
				</AlertDialog.Content>
			</AlertDialog.Portal>
		</AlertDialog.Root>
	);
}
