import { PanelRight, X } from 'lucide-react';
import { Tabs } from 'radix-ui';
import { type Panel, useCanvasState, useCanvasStore } from '../canvas/store';
import { CanvasPanel } from '../canvases/CanvasPanel';
import { HistoryPanel } from '../history/HistoryPanel';
import { PixelPanel } from '../history/PixelPanel';
import { ComparePanel } from '../time/ComparePanel';
import { IconButton } from '../ui/Button';
import { useShortcut } from '../ui/shortcuts';
import { NARROW, useMedia } from '../ui/useMedia';
import styles from './CanvasLayout.module.css';

const PANELS: { id: Panel; label: string; Content: () => React.ReactNode }[] = [
	{ id: 'history', label: 'History', Content: HistoryPanel },
	{ id: 'pixel', label: 'Pixel', Content: PixelPanel },
	{ id: 'compare', label: 'Compare', Content: ComparePanel },
	{ id: 'canvas', label: 'Canvas', Content: CanvasPanel },
];
const ID = 'panels';

/** What is known about the canvas; the picture beside it can still be used. */
export function Panels() {
	const store = useCanvasStore();
	const panel = useCanvasState((state) => state.panel);
	const isNarrow = useMedia(NARROW);
	const choose = (value: string) => {
		const chosen = PANELS.find(({ id }) => id === value);
		if (chosen) store.setState({ panel: chosen.id });
	};
	return (
		<Tabs.Root id={ID} className={styles.panels} value={panel} onValueChange={choose}>
			<div className={styles.bar}>
				<Tabs.List aria-label="About the canvas" className={styles.tabs}>
					{PANELS.map(({ id, label }) => (
						<Tabs.Trigger key={id} value={id} className={styles.tab}>
							{label}
						</Tabs.Trigger>
					))}
				</Tabs.List>
				{isNarrow && (
					<IconButton label="Close the panels" onClick={() => store.setState({ arePanelsShown: false })}>
						<X />
					</IconButton>
				)}
			</div>
			{PANELS.map(({ id, Content }) => (
				<Tabs.Content key={id} value={id} className={styles.panel}>
					<Content />
				</Tabs.Content>
			))}
		</Tabs.Root>
	);
}

/** Shows and hides them. */
export function PanelsButton() {
	const store = useCanvasStore();
	const isShown = useCanvasState((state) => state.arePanelsShown);
	const toggle = () => store.setState({ arePanelsShown: !isShown });
	useShortcut({ keys: 'shift+p', label: 'Show or hide the panels', group: 'Everywhere', run: toggle });
	return (
		<IconButton
			label="History, pixel, compare, canvas"
			keys="Shift P"
			aria-expanded={isShown}
			aria-controls={isShown ? ID : undefined}
			onClick={toggle}
		>
			<PanelRight />
		</IconButton>
	);
}
