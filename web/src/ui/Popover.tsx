import { X } from 'lucide-react';
import { Popover as Radix } from 'radix-ui';
import { type ReactNode, useId } from 'react';
import { IconButton } from './Button';
import styles from './Popover.module.css';

interface PopoverProps {
	/** The button that opens it. */
	trigger: ReactNode;
	title: string;
	open?: boolean;
	onOpenChange?(open: boolean): void;
	/** Where it opens, if there is room. */
	side?: 'top' | 'right' | 'bottom' | 'left';
	/** CSS pixels from the button, for what must not be covered. */
	distance?: number;
	children: ReactNode;
}

/** A small window beside its button; what is around it can still be used. */
export function Popover({ trigger, title, side = 'right', distance = 8, children, ...state }: PopoverProps) {
	const id = useId();
	return (
		<Radix.Root {...state}>
			<Radix.Trigger asChild>{trigger}</Radix.Trigger>
			<Radix.Portal>
				<Radix.Content
					className={styles.popover}
					side={side}
					align="start"
					sideOffset={distance}
					collisionPadding={8}
					aria-labelledby={id}
					// Else the focus, and with it a tip, would be on the button that closes.
					onOpenAutoFocus={(event) => {
						event.preventDefault();
						if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus();
					}}
				>
					<div className={styles.header}>
						<h2 id={id} className={styles.title}>
							{title}
						</h2>
						<Radix.Close asChild>
							<IconButton label="Close">
								<X />
							</IconButton>
						</Radix.Close>
					</div>
					{children}
				</Radix.Content>
			</Radix.Portal>
		</Radix.Root>
	);
}
