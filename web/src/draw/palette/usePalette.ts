import { useCanvasState } from '../../canvas/store';
import { type Color, colorFor } from '../colors';
import { colorsOn, useSettings } from '../settings';
import { DEFAULT_PALETTE } from './defaults';
import type { Palette } from './files';

interface ColorsInUse {
	/** What is offered: the canvas's own palette, or an imported one, or the usual one. */
	palette: Palette;
	/** Whether the canvas takes these only. */
	isBinding: boolean;
	isImported: boolean;
	primary: Color;
	secondary: Color;
}

/** The colours to draw with on the canvas of the page. */
export function usePalette(): ColorsInUse {
	const canvas = useCanvasState((state) => state.canvas);
	const settings = useSettings();
	const isBinding = Boolean(canvas.palette);
	const offered = settings.palette ?? { name: 'pixlog', colors: DEFAULT_PALETTE };
	const { name, colors } = canvas.palette ? { name: canvas.name, colors: canvas.palette } : offered;
	return {
		palette: { name, colors: colors.map((color) => colorFor(canvas.mode, color)) },
		isBinding,
		isImported: !isBinding && settings.palette !== null,
		...colorsOn(canvas, settings),
	};
}
