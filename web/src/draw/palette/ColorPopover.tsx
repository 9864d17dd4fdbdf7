import { useCanvasState } from '../../canvas/store';
import { Popover } from '../../ui/Popover';
import { colorFor, hasAlpha } from '../colors';
import { setSettings, useSettings } from '../settings';
import toolbar from '../Toolbar.module.css';
import { useBesideBar } from '../useBesideBar';
import { CustomColor } from './CustomColor';
import styles from './Palette.module.css';
import { PaletteFiles } from './PaletteFiles';
import { Swatches, swatchStyle } from './Swatches';
import { usePalette } from './usePalette';

/** The colour in use; a window with all others behind it. */
export function ColorPopover() {
	const mode = useCanvasState((state) => state.canvas.mode);
	const recent = useSettings((state) => state.recent);
	const { palette, isBinding, isImported, primary } = usePalette();
	const choose = (color: string) => setSettings({ primary: colorFor(mode, color) });
	const beside = useBesideBar('left');
	const trigger = (
		<button
			type="button"
			className={toolbar.color}
			style={swatchStyle(primary)}
			aria-label={`Colour ${primary}: choose another`}
			title={`Colour ${primary}`}
		/>
	);
	return (
		<Popover {...beside} trigger={trigger} title="Colours">
			{isBinding && <p className={styles.note}>This canvas takes these colours only.</p>}
			<div className={styles.group}>
				{palette.name && !isBinding && <h3>{palette.name}</h3>}
				<div className={styles.list}>
					<Swatches label="Palette" colors={palette.colors} chosen={primary} onChoose={choose} />
				</div>
			</div>
			{!isBinding && (
				<>
					{recent.length > 0 && (
						<div className={styles.group}>
							<h3>Recent</h3>
							<Swatches
								label="Recent colours"
								colors={[...new Set(recent.map((color) => colorFor(mode, color)))]}
								chosen={primary}
								onChoose={choose}
							/>
						</div>
					)}
					<CustomColor color={primary} withTransparency={hasAlpha(mode)} onChange={choose} />
				</>
			)}
			<PaletteFiles palette={palette} mayImport={!isBinding} isImported={isImported} />
		</Popover>
	);
}
