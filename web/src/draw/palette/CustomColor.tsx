import { useEffect, useState } from 'react';
import { alphaOf, type Color, parseColor, withAlpha } from '../colors';
import styles from './CustomColor.module.css';

interface CustomColorProps {
	color: Color;
	/** On a canvas with transparency. */
	withTransparency: boolean;
	onChange(color: Color): void;
}

/** Any colour: by the browser's own chooser, as hex, and how opaque it is. */
export function CustomColor({ color, withTransparency, onChange }: CustomColorProps) {
	const keepAlpha = (opaque: Color) => (withTransparency ? withAlpha(opaque, alphaOf(color)) : opaque);
	return (
		<div className={styles.fields}>
			<label>
				Custom
				<input type="color" value={color.slice(0, 7)} onChange={(event) => onChange(keepAlpha(event.target.value))} />
			</label>
			<HexField color={color} onChange={onChange} />
			{withTransparency && (
				<label className={styles.wide}>
					Opacity: {Math.round((alphaOf(color) / 255) * 100)} %
					<input
						type="range"
						min={0}
						max={255}
						value={alphaOf(color)}
						onChange={(event) => onChange(withAlpha(color, event.target.valueAsNumber))}
					/>
				</label>
			)}
		</div>
	);
}

/** Takes what is typed as soon as it is a colour. */
function HexField({ color, onChange }: Pick<CustomColorProps, 'color' | 'onChange'>) {
	const [text, setText] = useState<string>(color);
	useEffect(() => setText((typed) => (parseColor(typed) === color ? typed : color)), [color]);
	const isColor = parseColor(text) !== null;
	return (
		<label>
			Hex
			<input
				value={text}
				spellCheck={false}
				autoComplete="off"
				maxLength={9}
				aria-invalid={!isColor}
				onChange={(event) => {
					setText(event.target.value);
					const read = parseColor(event.target.value);
					if (read) onChange(read);
				}}
				onBlur={() => setText(color)}
			/>
		</label>
	);
}
