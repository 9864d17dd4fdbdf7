import { type ReactNode, useId } from 'react';
import styles from './Field.module.css';

/** What a control must carry so that its label, hint and error belong to it. */
export interface ControlProps {
	id: string;
	'aria-describedby': string | undefined;
	'aria-invalid': true | undefined;
}

interface FieldProps {
	label: string;
	/** What may stand there, in a sentence. */
	hint?: ReactNode;
	/** What is wrong with what stands there; shown in place of the hint, and read out. */
	error?: string | null | undefined;
	className?: string | undefined;
	children(control: ControlProps): ReactNode;
}

/** A control with its label, and a hint or an error below it. */
export function Field({ label, hint, error, className = '', children }: FieldProps) {
	const id = useId();
	const note = `${id}note`;
	return (
		<div className={`${styles.field} ${className}`}>
			<label htmlFor={id}>{label}</label>
			{children({
				id,
				'aria-describedby': hint || error ? note : undefined,
				'aria-invalid': error ? true : undefined,
			})}
			<div id={note} className={styles.note} data-error={error ? true : undefined} aria-live="polite">
				{error ?? hint}
			</div>
		</div>
	);
}
