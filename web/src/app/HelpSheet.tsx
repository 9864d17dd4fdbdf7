import { Dialog } from '../ui/Dialog';
import { type Shortcut, useShortcuts } from '../ui/shortcuts';
import styles from './HelpSheet.module.css';
import { spokenKeys } from './keys';

const GROUPS: Shortcut['group'][] = ['Everywhere', 'Moving', 'Drawing', 'Time'];

interface HelpSheetProps {
	open: boolean;
	onOpenChange(open: boolean): void;
}

/** What pixlog is, and all keys that do something where one is. */
export function HelpSheet({ open, onOpenChange }: HelpSheetProps) {
	return (
		<Dialog open={open} onOpenChange={onOpenChange} title="Help" wide>
			<p className={styles.about}>
				A canvas keeps every pixel ever drawn on it. Each change makes a new <b>version</b>; nothing is overwritten, so
				any version can be looked at, compared, restored or forked. A <b>tag</b> names a version. A <b>run</b> fills a
				canvas by itself, one random pixel after the other.
			</p>
			<p className={styles.about}>
				Drag to pan, turn the wheel or pinch to zoom. What you draw shows at once and is marked until the server has it
				on disk; without a connection it waits and is sent later, once. A link in the address bar names canvas, version
				and place.
			</p>
			<Keys />
		</Dialog>
	);
}

function Keys() {
	const all = useShortcuts((state) => state.all);
	return (
		<div className={styles.groups}>
			{GROUPS.map((group) => {
				const shown = all.filter((one, at) => one.group === group && all.findLastIndex(sameKeys(one)) === at);
				if (shown.length === 0) return null;
				return (
					<section key={group}>
						<h3>{group}</h3>
						<dl className={styles.keys}>
							{shown.map((one) => (
								<div key={one.keys}>
									<dt>
										<kbd>{spokenKeys(one.keys)}</kbd>
									</dt>
									<dd>{one.label}</dd>
								</div>
							))}
						</dl>
					</section>
				);
			})}
		</div>
	);
}

/** Of two with the same keys only the newest does something. */
function sameKeys(one: Shortcut) {
	return (other: Shortcut) => other.keys === one.keys;
}
