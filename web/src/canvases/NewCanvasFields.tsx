import { Field } from '../ui/Field';
import { SizePresets } from '../ui/SizePresets';
import styles from './NewCanvas.module.css';
import { type CanvasErrors, type CanvasFields, colorsOf } from './newCanvas';

interface GroupProps {
	fields: CanvasFields;
	errors: CanvasErrors;
	set(patch: Partial<CanvasFields>): void;
}

const SIZES = [32, 64, 256, 1024, 4072];
const LABEL_MAX = 128;

export function SizeFields({ fields, errors, set }: GroupProps) {
	const choose = (side: number) => set({ width: String(side), height: String(side) });
	const chosen = fields.width === fields.height ? Number(fields.width) : null;
	return (
		<fieldset className={styles.group}>
			<legend>Size</legend>
			<SizePresets sizes={SIZES} chosen={chosen} onChoose={choose} />
			{(['width', 'height'] as const).map((side) => (
				<Field key={side} label={side === 'width' ? 'Width' : 'Height'} error={errors[side]}>
					{(control) => (
						<input
							{...control}
							inputMode="numeric"
							value={fields[side]}
							onChange={(event) => set({ [side]: event.target.value })}
						/>
					)}
				</Field>
			))}
		</fieldset>
	);
}

export function IdentityFields({ fields, errors, set }: GroupProps) {
	return (
		<div className={styles.group}>
			<Field label="Name" hint="In links; it stays. Empty: one is made." error={errors.name}>
				{(control) => (
					<input
						{...control}
						value={fields.name}
						autoCapitalize="none"
						spellCheck={false}
						onChange={(event) => set({ name: event.target.value })}
					/>
				)}
			</Field>
			<Field label="Label" hint="For people; it may change." error={errors.label}>
				{(control) => (
					<input
						{...control}
						value={fields.label}
						maxLength={LABEL_MAX}
						onChange={(event) => set({ label: event.target.value })}
					/>
				)}
			</Field>
		</div>
	);
}

export function AppearanceFields({ fields, errors, set }: GroupProps) {
	const isRgba = fields.mode === 'rgba';
	return (
		<div className={styles.group}>
			<Field label="Colours" error={errors.mode}>
				{(control) => (
					<select
						{...control}
						value={fields.mode}
						onChange={(event) => set({ mode: event.target.value === 'rgba' ? 'rgba' : 'rgb' })}
					>
						<option value="rgb">Opaque (rgb)</option>
						<option value="rgba">With transparency (rgba)</option>
					</select>
				)}
			</Field>
			<Field label="Background" error={errors.background}>
				{(control) => (
					<input
						{...control}
						type="color"
						value={fields.background}
						disabled={isRgba && fields.isTransparent}
						onChange={(event) => set({ background: event.target.value })}
					/>
				)}
			</Field>
			{isRgba && (
				<label className={styles.check}>
					<input
						type="checkbox"
						checked={fields.isTransparent}
						onChange={(event) => set({ isTransparent: event.target.checked })}
					/>
					Transparent background
				</label>
			)}
		</div>
	);
}

export function RuleFields({ fields, errors, set }: GroupProps) {
	const colors = errors.palette ? [] : colorsOf(fields.palette);
	return (
		<details className={styles.rules} open={Boolean(errors.palette || errors.cooldown) || undefined}>
			<summary>Rules for who draws</summary>
			<Field
				label="Palette"
				hint="The only colours that may be drawn, as #3f9ad1 #fff. Empty: all."
				error={errors.palette}
			>
				{(control) => (
					<textarea
						{...control}
						rows={2}
						spellCheck={false}
						value={fields.palette}
						onChange={(event) => set({ palette: event.target.value })}
					/>
				)}
			</Field>
			{colors.length > 0 && (
				<div className={styles.swatches} aria-hidden="true">
					{[...new Set(colors)].map((color) => (
						<span key={color} style={{ background: color }} />
					))}
				</div>
			)}
			<Field
				label="Cooldown in seconds"
				hint="How long everyone waits between two pixels. 0: not at all."
				error={errors.cooldown}
			>
				{(control) => (
					<input
						{...control}
						inputMode="decimal"
						value={fields.cooldown}
						onChange={(event) => set({ cooldown: event.target.value })}
					/>
				)}
			</Field>
		</details>
	);
}
