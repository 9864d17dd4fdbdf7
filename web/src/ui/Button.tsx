import { Tooltip } from 'radix-ui';
import type { ComponentProps, ReactNode } from 'react';
import styles from './Button.module.css';

type ButtonProps = ComponentProps<'button'> & { kind?: 'plain' | 'primary' | 'danger' };

/** A button with words. */
export function Button({ kind = 'plain', className = '', ...rest }: ButtonProps) {
	return <button type="button" {...rest} data-kind={kind} className={`${styles.button} ${className}`} />;
}

type LinkButtonProps = ComponentProps<'a'> & { kind?: 'plain' | 'primary' };

/** A link that looks like a button: it leads somewhere, or saves a file. */
export function LinkButton({ kind = 'plain', className = '', ...rest }: LinkButtonProps) {
	return <a {...rest} data-kind={kind} className={`${styles.button} ${className}`} />;
}

type IconButtonProps = ComponentProps<'button'> & {
	/** Its name, shown as a tip. */
	label: string;
	/** The key that does the same, shown in the tip. */
	keys?: string;
	/** For buttons that stay pressed. */
	pressed?: boolean;
	children: ReactNode;
};

/** A button with a picture; its name is in its tip. */
export function IconButton({ label, keys, pressed, className = '', children, ...rest }: IconButtonProps) {
	return (
		<Tooltip.Root>
			<Tooltip.Trigger asChild>
				<button
					type="button"
					aria-label={label}
					aria-pressed={pressed}
					{...rest}
					className={`${styles.icon} ${className}`}
				>
					{children}
				</button>
			</Tooltip.Trigger>
			<Tooltip.Portal>
				<Tooltip.Content className={styles.tip} sideOffset={6} collisionPadding={8}>
					{label} {keys && <kbd>{keys}</kbd>}
				</Tooltip.Content>
			</Tooltip.Portal>
		</Tooltip.Root>
	);
}
