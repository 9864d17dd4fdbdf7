import styles from './SizePresets.module.css';

interface SizePresetsProps {
	/** Sides of squares. */
	sizes: number[];
	/** The side that stands in the fields, where it is a square's. */
	chosen: number | null;
	onChoose(side: number): void;
}

/** Sizes that one takes at a press. */
export function SizePresets({ sizes, chosen, onChoose }: SizePresetsProps) {
	return (
		// biome-ignore lint/a11y/useSemanticElements: a fieldset stands around it, with the fields that these fill in.
		<div role="group" aria-label="Usual sizes" className={styles.presets}>
			{sizes.map((side) => (
				<button key={side} type="button" aria-pressed={side === chosen} onClick={() => onChoose(side)}>
					<span aria-hidden="true">{side}²</span>
					<span className="visually-hidden">{`${side} by ${side}`}</span>
				</button>
			))}
		</div>
	);
}
