import { Toolbar } from 'radix-ui';
import type { CSSProperties } from 'react';
import type { Color } from '../colors';
import styles from './Swatches.module.css';

interface SwatchesProps {
	/** Names them for assistive technology. */
	label: string;
	colors: readonly Color[];
	chosen: Color;
	onChoose(color: Color): void;
}

/** Colours to choose from: one stop for the Tab key, arrows within. */
export function Swatches({ label, colors, chosen, onChoose }: SwatchesProps) {
	return (
		<Toolbar.Root className={styles.swatches} aria-label={label}>
			{colors.map((color) => (
				<Toolbar.Button
					key={color}
					type="button"
					className={styles.swatch}
					style={swatchStyle(color)}
					aria-label={color}
					title={color}
					aria-pressed={color === chosen}
					onClick={() => onChoose(color)}
				/>
			))}
		</Toolbar.Root>
	);
}

/** The colour is over the checks that stand for transparency. */
export function swatchStyle(color: Color): CSSProperties {
	return { '--swatch': color } as CSSProperties;
}
