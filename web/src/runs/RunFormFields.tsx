import type { ReactNode } from 'react';
import { Field } from '../ui/Field';
import { SizePresets } from '../ui/SizePresets';
import type { RunErrors, RunFields } from './newRun';
import { ORIGINAL } from './original';
import styles from './RunForm.module.css';

interface GroupProps {
	fields: RunFields;
	errors: RunErrors;
	set(patch: Partial<RunFields>): void;
}

const SIZES = ORIGINAL.map(({ side }) => side);

export function SizeFields(props: GroupProps) {
	const { fields, set } = props;
	return (
		<fieldset className={styles.group}>
			<legend>Size</legend>
			<SizePresets
				sizes={SIZES}
				chosen={fields.width === fields.height ? Number(fields.width) : null}
				onChoose={(side) => set({ width: String(side), height: String(side) })}
			/>
			<TextField {...props} name="width" label="Width" />
			<TextField {...props} name="height" label="Height" />
		</fieldset>
	);
}

export function PaceFields(props: GroupProps) {
	const { fields, errors, set } = props;
	return (
		<div className={styles.group}>
			<TextField {...props} name="granular" label="Granular" hint="A picture at each so many percent." />
			<TextField {...props} name="hop" label="Pixels a hop" hint="How many one hand-over adds." />
			<Field
				label="Exchange"
				className={styles.wide}
				error={errors.exchange}
				hint={
					fields.exchange === 'local'
						? 'The two endpoints, ping and pong, hand the picture over inside the server: as fast as it can.'
						: 'Each hand-over between ping and pong is a real HTTP request: slower, as in the original service.'
				}
			>
				{(control) => (
					<select
						{...control}
						value={fields.exchange}
						onChange={(event) => set({ exchange: event.target.value === 'http' ? 'http' : 'local' })}
					>
						<option value="local">Inside the server (local)</option>
						<option value="http">By requests (http)</option>
					</select>
				)}
			</Field>
		</div>
	);
}

export function SourceFields(props: GroupProps) {
	return (
		<div className={styles.group}>
			<TextField {...props} name="seed" label="Seed" hint="The same seed fills the same picture. Empty: a new one." />
			<TextField {...props} name="canvas" label="Canvas" isNumber={false} hint="Its name. Empty: a new one." />
		</div>
	);
}

interface TextFieldProps extends GroupProps {
	name: Exclude<keyof RunFields, 'exchange'>;
	label: string;
	hint?: ReactNode;
	isNumber?: boolean;
}

function TextField({ fields, errors, set, name, label, hint, isNumber = true }: TextFieldProps) {
	return (
		<Field label={label} error={errors[name]} hint={hint}>
			{(control) => (
				<input
					{...control}
					inputMode={isNumber ? 'numeric' : 'text'}
					autoCapitalize="none"
					spellCheck={false}
					value={fields[name]}
					onChange={(event) => set({ [name]: event.target.value })}
				/>
			)}
		</Field>
	);
}
