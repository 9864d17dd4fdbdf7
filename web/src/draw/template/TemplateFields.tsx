import { useState } from 'react';
import { useStore } from 'zustand';
import { useCanvasState } from '../../canvas/store';
import { Button } from '../../ui/Button';
import { notifyError } from '../../ui/notices';
import { useDrawing } from '../DrawingContext';
import { takeTool } from '../tools/tools';
import styles from './Template.module.css';
import { SCALE_MAX } from './template';

/** Where the template lies and how it is seen; what can be done with it. */
export function TemplateFields({ onClose }: { onClose(): void }) {
	const { template } = useDrawing();
	const { picture, image, x, y, scale, opacity, isShown } = useStore(template.state);
	const size = image && `${image.width} × ${image.height}`;
	return (
		<>
			<p className={styles.name}>
				{picture?.name} {size && <span>({size})</span>}
			</p>
			<div className={styles.numbers}>
				<NumberField label="x" value={x} onChange={(value) => template.place({ x: value })} />
				<NumberField label="y" value={y} onChange={(value) => template.place({ y: value })} />
				<NumberField
					label="Scale"
					value={scale}
					min={1}
					max={SCALE_MAX}
					onChange={(value) => template.place({ scale: value })}
				/>
			</div>
			<label className={styles.slider}>
				Opacity: {Math.round(opacity * 100)} %
				<input
					type="range"
					min={5}
					max={100}
					step={5}
					value={Math.round(opacity * 100)}
					onChange={(event) => template.place({ opacity: event.target.valueAsNumber / 100 })}
				/>
			</label>
			<label className={styles.check}>
				<input
					type="checkbox"
					checked={isShown}
					onChange={(event) => template.place({ isShown: event.target.checked })}
				/>
				Show it
			</label>
			<TemplateActions onClose={onClose} />
		</>
	);
}

function TemplateActions({ onClose }: { onClose(): void }) {
	const drawing = useDrawing();
	const { template } = drawing;
	const isLive = useCanvasState((state) => state.moment.kind === 'live');
	const isOnCanvas = useStore(template.state, () => template.region() !== null);
	const paste = () => {
		drawing.pasteTemplate().then(onClose, (error) => notifyError(error, paste));
	};
	const move = () => {
		template.place({ isShown: true });
		takeTool('template');
		onClose();
	};
	const remove = () => void template.remove().catch(notifyError);
	return (
		<div className={styles.actions}>
			<Button onClick={move}>Move by drag</Button>
			<Button disabled={!isLive || !isOnCanvas} onClick={paste}>
				Paste into canvas
			</Button>
			<Button kind="danger" onClick={remove}>
				Remove
			</Button>
		</div>
	);
}

interface NumberFieldProps {
	label: string;
	value: number;
	min?: number;
	max?: number;
	onChange(value: number): void;
}

/** Whole numbers; what is no such number is only typed. */
function NumberField({ label, value, min = -65_536, max = 65_536, onChange }: NumberFieldProps) {
	const [typed, setTyped] = useState<string | null>(null);
	return (
		<label>
			{label}
			<input
				type="number"
				step={1}
				min={min}
				max={max}
				value={typed ?? value}
				onChange={(event) => {
					setTyped(event.target.value);
					const read = event.target.valueAsNumber;
					if (Number.isInteger(read) && read >= min && read <= max) onChange(read);
				}}
				onBlur={() => setTyped(null)}
			/>
		</label>
	);
}
