import { ArrowLeftRight } from 'lucide-react';
import { IconButton } from '../../ui/Button';
import { useShortcut } from '../../ui/shortcuts';
import { setSettings } from '../settings';
import toolbar from '../Toolbar.module.css';
import { ColorPopover } from './ColorPopover';
import { Swatches, swatchStyle } from './Swatches';
import { usePalette } from './usePalette';

/** So many fit beside the canvas; all others are in the window. */
const QUICK_MAX = 30;

export function ColorControls() {
	const { palette, primary, secondary } = usePalette();
	const swap = () => setSettings({ primary: secondary, secondary: primary });
	useShortcut({ keys: 'x', label: 'Swap the two colours', group: 'Drawing', run: swap });
	return (
		<div className={toolbar.colors}>
			<ColorPopover />
			<IconButton label={`Swap with ${secondary}`} keys="X" className={toolbar.second} onClick={swap}>
				<span className={toolbar.color} style={swatchStyle(secondary)} />
				<ArrowLeftRight aria-hidden="true" />
			</IconButton>
			<div className={toolbar.quick}>
				<Swatches
					label="Palette beside the canvas"
					colors={palette.colors.slice(0, QUICK_MAX)}
					chosen={primary}
					onChoose={(color) => setSettings({ primary: color })}
				/>
			</div>
		</div>
	);
}
