import { DropdownMenu } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';
import styles from './Menu.module.css';

interface MenuProps {
	/** The button that opens it. */
	trigger: ReactElement;
	children: ReactNode;
}

/** A menu below a button. */
export function Menu({ trigger, children }: MenuProps) {
	return (
		<DropdownMenu.Root>
			<DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
			<DropdownMenu.Portal>
				<DropdownMenu.Content className={styles.menu} align="end" sideOffset={4} collisionPadding={8}>
					{children}
				</DropdownMenu.Content>
			</DropdownMenu.Portal>
		</DropdownMenu.Root>
	);
}

interface MenuItemProps {
	icon?: ReactNode;
	kind?: 'plain' | 'danger';
	disabled?: boolean;
	onSelect(): void;
	children: ReactNode;
}

/** Something that a menu does. */
export function MenuItem({ icon, kind = 'plain', disabled = false, onSelect, children }: MenuItemProps) {
	return (
		<DropdownMenu.Item className={styles.item} data-kind={kind} disabled={disabled} onSelect={onSelect}>
			{icon}
			{children}
		</DropdownMenu.Item>
	);
}

interface MenuLinkProps {
	icon?: ReactNode;
	href: string;
	/** The name of the file, where it is to be saved. */
	download?: string;
	children: ReactNode;
}

/** A place that a menu leads to. */
export function MenuLink({ icon, children, ...link }: MenuLinkProps) {
	return (
		<DropdownMenu.Item className={styles.item} asChild>
			<a {...link}>
				{icon}
				{children}
			</a>
		</DropdownMenu.Item>
	);
}

interface MenuChoiceProps {
	label: string;
	value: string;
	options: { value: string; label: string }[];
	onChange(value: string): void;
}

/** One of several in a menu. */
export function MenuChoice({ label, value, options, onChange }: MenuChoiceProps) {
	return (
		<DropdownMenu.RadioGroup aria-label={label} value={value} onValueChange={onChange}>
			<DropdownMenu.Label className={styles.label}>{label}</DropdownMenu.Label>
			{options.map((option) => (
				<DropdownMenu.RadioItem key={option.value} className={styles.item} value={option.value}>
					<DropdownMenu.ItemIndicator className={styles.mark}>✓</DropdownMenu.ItemIndicator>
					{option.label}
				</DropdownMenu.RadioItem>
			))}
		</DropdownMenu.RadioGroup>
	);
}

export function MenuSeparator() {
	return <DropdownMenu.Separator className={styles.separator} />;
}
