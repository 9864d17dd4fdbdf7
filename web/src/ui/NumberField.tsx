import { useState } from 'react';
import { Field } from './Field';

interface NumberFieldProps {
	label: string;
	value: number;
	min: number;
	max: number;
	className?: string;
	onChange(value: number): void;
}

/** A whole number with its name. What is typed is given on as it is: whether it is sensible, the form says. */
export function NumberField({ label, value, min, max, className = '', onChange }: NumberFieldProps) {
	const [text, setText] = useState(String(value));
	// An emptied field is no number yet, but must stay empty while somebody types.
	const shown = Number(text) === value || text === '' ? text : String(value);
	return (
		<Field label={label} className={className}>
			{(control) => (
				<input
					{...control}
					type="number"
					inputMode="numeric"
					value={shown}
					min={min}
					max={max}
					onChange={(event) => {
						setText(event.target.value);
						if (event.target.value !== '') onChange(Number(event.target.value));
					}}
					onBlur={() => setText(String(value))}
				/>
			)}
		</Field>
	);
}
