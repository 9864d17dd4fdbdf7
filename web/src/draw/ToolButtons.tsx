import { Eraser, Hand, type LucideIcon, PaintBucket, Pencil, Pipette, Slash, Square } from 'lucide-react';
import { Toolbar } from 'radix-ui';
import { useStore } from 'zustand';
import { LIVE } from '../canvas/moment';
import { useCanvasState, useCanvasStore } from '../canvas/store';
import { IconButton } from '../ui/Button';
import { notify } from '../ui/notices';
import { useShortcut } from '../ui/shortcuts';
import { PHONE, useMedia } from '../ui/useMedia';
import { useDrawing } from './DrawingContext';
import styles from './Toolbar.module.css';
import { isOffered, type ToolId, takeTool, useTool } from './tools/tools';

interface Offered {
	tool: ToolId;
	label: string;
	keys: string;
	icon: LucideIcon;
	isFilled?: boolean;
}

const TOOLS: Offered[] = [
	{ tool: 'pan', label: 'Pan', keys: 'h', icon: Hand },
	{ tool: 'pencil', label: 'Pencil', keys: 'b', icon: Pencil },
	{ tool: 'line', label: 'Line', keys: 'l', icon: Slash },
	{ tool: 'fill', label: 'Fill', keys: 'f', icon: PaintBucket },
	{ tool: 'outline', label: 'Rectangle', keys: 'r', icon: Square },
	{ tool: 'filled', label: 'Filled rectangle', keys: 'shift+r', icon: Square, isFilled: true },
	{ tool: 'picker', label: 'Take a colour', keys: 'i', icon: Pipette },
	{ tool: 'eraser', label: 'Eraser', keys: 'e', icon: Eraser },
];

export function ToolButtons() {
	const store = useCanvasStore();
	const inHand = useTool((state) => state.tool);
	const canvas = useCanvasState((state) => state.canvas);
	const isLive = useCanvasState((state) => state.moment.kind === 'live');
	const isPhone = useMedia(PHONE);
	const isFilling = useStore(useDrawing().state, (state) => state.isFilling);

	function take({ tool, label }: Offered): void {
		if (!isOffered(tool, canvas)) {
			notify('done', `${label}: this canvas takes one pixel at a time`);
		} else if (!isLive && tool !== 'pan') {
			const back = { label: 'Back to now', run: () => store.getState().look(LIVE) };
			notify('done', 'A past version is shown: drawing is for now', back);
		} else takeTool(tool);
	}

	useShortcut(
		...TOOLS.map((offered) => ({
			keys: offered.keys,
			label: offered.label,
			group: 'Drawing' as const,
			run: () => take(offered),
		})),
		{ keys: 'v', label: 'Pan', group: 'Drawing', run: () => takeTool('pan') },
	);

	return (
		<Toolbar.Root
			className={styles.group}
			aria-label="Tools"
			aria-busy={isFilling}
			orientation={isPhone ? 'horizontal' : 'vertical'}
		>
			{TOOLS.map((offered) => {
				const { tool, label, keys, icon: Icon, isFilled } = offered;
				return (
					<Toolbar.Button asChild key={tool}>
						<IconButton
							label={label}
							keys={keys === 'shift+r' ? 'Shift R' : keys.toUpperCase()}
							className={styles.tool}
							pressed={tool === inHand}
							aria-disabled={!isOffered(tool, canvas) || (!isLive && tool !== 'pan')}
							onClick={() => take(offered)}
						>
							<Icon aria-hidden="true" fill={isFilled ? 'currentColor' : 'none'} />
						</IconButton>
					</Toolbar.Button>
				);
			})}
		</Toolbar.Root>
	);
}
