import { useCanvasState } from '../canvas/store';
import { useShortcut } from '../ui/shortcuts';
import { SIZE_MAX, setSettings, useSettings } from './settings';
import styles from './Toolbar.module.css';
import { hasSize, useTool } from './tools/tools';

/** How many cells wide the brush is. */
export function SizeControl() {
	const size = useSettings((state) => state.size);
	const tool = useTool((state) => state.tool);
	const takesOne = useCanvasState((state) => state.canvas.cooldown_ms > 0);
	const set = (wanted: number) => {
		if (Number.isInteger(wanted)) setSettings({ size: Math.min(Math.max(wanted, 1), SIZE_MAX) });
	};
	const change = (by: number) => set(useSettings.getState().size + by);
	useShortcut(
		{ keys: '[', label: 'Smaller brush', group: 'Drawing', run: () => change(-1) },
		{ keys: ']', label: 'Larger brush', group: 'Drawing', run: () => change(1) },
	);
	if (takesOne) return null;
	return (
		<div className={styles.size}>
			<label title="Keys [ and ]">
				Size
				<input
					type="number"
					min={1}
					max={SIZE_MAX}
					value={size}
					disabled={!hasSize(tool)}
					onChange={(event) => set(event.target.valueAsNumber)}
				/>
			</label>
		</div>
	);
}
