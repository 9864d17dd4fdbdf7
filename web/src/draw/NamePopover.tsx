import { UserPen } from 'lucide-react';
import { IconButton } from '../ui/Button';
import { Popover } from '../ui/Popover';
import styles from './palette/Palette.module.css';
import { AUTHOR_MAX, setSettings, useSettings } from './settings';
import { useBesideBar } from './useBesideBar';

/** Who is written into the history beside what is drawn. */
export function NamePopover() {
	const author = useSettings((state) => state.author);
	const beside = useBesideBar('right');
	const trigger = (
		<IconButton label={author ? `Your name: ${author}` : 'Your name'}>
			<UserPen aria-hidden="true" />
		</IconButton>
	);
	return (
		<Popover {...beside} trigger={trigger} title="Your name">
			<label className={styles.field}>
				Written into the history beside what you draw
				<input
					value={author}
					maxLength={AUTHOR_MAX}
					autoComplete="nickname"
					placeholder="nobody"
					// Control characters are refused by the server.
					onChange={(event) => setSettings({ author: event.target.value.replace(/\p{Cc}/gu, '') })}
				/>
			</label>
			<p className={styles.note}>Who writes with a token goes by its name.</p>
		</Popover>
	);
}
