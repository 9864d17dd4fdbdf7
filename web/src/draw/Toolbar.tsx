import { BackToNow } from './BackToNow';
import { DrawingContext, useDrawingOnPage } from './DrawingContext';
import { NamePopover } from './NamePopover';
import { ColorControls } from './palette/ColorControls';
import { SaveStatus } from './SaveStatus';
import { SizeControl } from './SizeControl';
import { ToolButtons } from './ToolButtons';
import styles from './Toolbar.module.css';
import { TemplatePopover } from './template/TemplatePopover';
import { UndoButtons } from './UndoButtons';
import { useToolInHand } from './useToolInHand';

/** All to draw with: beside the picture, or in a row where it is narrow. */
export function Toolbar() {
	const drawing = useDrawingOnPage();
	useToolInHand(drawing);
	return (
		<DrawingContext value={drawing}>
			<section className={styles.bar} aria-label="Drawing">
				<BackToNow />
				<ToolButtons />
				<UndoButtons />
				<ColorControls />
				<SizeControl />
				<div className={styles.group}>
					<TemplatePopover />
					<NamePopover />
				</div>
			</section>
			<SaveStatus />
		</DrawingContext>
	);
}
