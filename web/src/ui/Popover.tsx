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
	children: ReactNode;
}

/** A small window beside its button; what is around it can still be used. */
export function Popover({ trigger, title, side = 'right', children, ...state }: PopoverProps) {
	const id = useId();
	return (
		<Radix.Root {...state}>
			<Radix.Trigger asChild>{trigger}</Radix.Trigger>
			<Radix.Portal>
				<Radix.Content
					className={styles.popover}
					side={side}
					align="start"
					sideOffset={8}
					collisionPadding={8}
					aria-labelledby={id}
				>
					<header className={styles.header}>
						<h2 id={id} className={styles.title}>
							{title}
						</h2>
						<Radix.Close asChild>
							<IconButton label="Close">
								<X />
							</IconButton>
						</Radix.Close>
					</header>
					{children}
				</Radix.Content>
			</Radix.Portal>
		</Radix.Root>
	);
}
