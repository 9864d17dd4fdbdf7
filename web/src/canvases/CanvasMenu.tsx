import { Download, Ellipsis, GitFork, Link, Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { type Labelled, titleOf } from '../canvas/title';
import { IconButton } from '../ui/Button';
import { Menu, MenuItem, MenuLink, MenuSeparator } from '../ui/Menu';
import { CanvasDialogs, type CanvasTask } from './CanvasDialogs';
import { exportUrl } from './change';
import { copyLink } from './links';

/** What one does with a canvas of the list. */
export function CanvasMenu({ canvas }: { canvas: Labelled }) {
	const [task, setTask] = useState<CanvasTask | null>(null);
	return (
		<>
			<Menu
				trigger={
					<IconButton label={`More about ${titleOf(canvas)}`}>
						<Ellipsis />
					</IconButton>
				}
			>
				<MenuItem icon={<Pencil aria-hidden="true" />} onSelect={() => setTask('rename')}>
					Change the label…
				</MenuItem>
				<MenuItem icon={<Link aria-hidden="true" />} onSelect={() => void copyLink(canvas.name)}>
					Copy a link
				</MenuItem>
				<MenuItem icon={<GitFork aria-hidden="true" />} onSelect={() => setTask('fork')}>
					Fork…
				</MenuItem>
				<MenuLink
					icon={<Download aria-hidden="true" />}
					href={exportUrl(canvas.name)}
					download={`${canvas.name}.pixlog`}
				>
					Export
				</MenuLink>
				<MenuSeparator />
				<MenuItem icon={<Trash2 aria-hidden="true" />} kind="danger" onSelect={() => setTask('delete')}>
					Delete…
				</MenuItem>
			</Menu>
			<CanvasDialogs canvas={canvas} version={canvas.version} task={task} close={() => setTask(null)} />
		</>
	);
}
