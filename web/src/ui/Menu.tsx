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

interface MenuChoiceProps<T extends string> {
	label: string;
	value: T;
	options: { value: T; label: string }[];
	onChange(value: T): void;
}

/** One of several in a menu. */
export function MenuChoice<T extends string>({ label, value, options, onChange }: MenuChoiceProps<T>) {
	const choose = (chosen: string) => {
		const option = options.find((one) => one.value === chosen);
		if (option) onChange(option.value);
	};
	return (
		<DropdownMenu.RadioGroup aria-label={label} value={value} onValueChange={choose}>
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

/** Words in a menu that do nothing. */
export function MenuLabel({ children }: { children: ReactNode }) {
	return <DropdownMenu.Label className={styles.label}>{children}</DropdownMenu.Label>;
}
