import { CalendarClock, Download, EllipsisVertical, GitFork, RotateCcw, Tag } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useCanvasState } from '../canvas/store';
import { Button, IconButton } from '../ui/Button';
import { Menu, MenuItem, MenuSeparator } from '../ui/Menu';
import { useShortcut } from '../ui/shortcuts';
import { DownloadDialog } from './DownloadDialog';
import { ForkDialog } from './ForkDialog';
import { JumpDialog } from './JumpDialog';
import { RestoreDialog } from './RestoreDialog';
import { TagDialog } from './TagDialog';
import styles from './TimeBar.module.css';

type Action = 'jump' | 'restore' | 'fork' | 'tag' | 'download';

const DIALOGS = {
	jump: JumpDialog,
	restore: RestoreDialog,
	fork: ForkDialog,
	tag: TagDialog,
	download: DownloadDialog,
};

/** What can be done with the shown moment. */
export function MomentActions() {
	const [action, setAction] = useState<Action | null>(null);
	const isLive = useCanvasState((state) => state.moment.kind === 'live');
	useShortcut({ keys: 'j', label: 'Go to a date, version or tag', group: 'Time', run: () => setAction('jump') });
	const Dialog = action && DIALOGS[action];
	const item = (id: Action, icon: ReactNode, label: string, disabled = false) => (
		<MenuItem icon={icon} disabled={disabled} onSelect={() => setAction(id)}>
			{label}
		</MenuItem>
	);
	return (
		<div className={styles.actions}>
			{!isLive && (
				<Button className={styles.roomier ?? ''} onClick={() => setAction('restore')}>
					<RotateCcw /> Restore this
				</Button>
			)}
			<IconButton className={styles.roomy ?? ''} label="Go to a moment" keys="J" onClick={() => setAction('jump')}>
				<CalendarClock />
			</IconButton>
			<IconButton className={styles.roomy ?? ''} label="Download" onClick={() => setAction('download')}>
				<Download />
			</IconButton>
			<Menu
				trigger={
					<IconButton label="More for this moment">
						<EllipsisVertical />
					</IconButton>
				}
			>
				{item('restore', <RotateCcw />, 'Restore this', isLive)}
				{item('fork', <GitFork />, 'Fork from here')}
				{item('tag', <Tag />, 'Tag this version')}
				<MenuSeparator />
				{item('jump', <CalendarClock />, 'Go to a moment')}
				{item('download', <Download />, 'Download')}
			</Menu>
			{Dialog && <Dialog close={() => setAction(null)} />}
		</div>
	);
}
