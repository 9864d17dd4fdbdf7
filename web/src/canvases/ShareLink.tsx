import { Link } from 'lucide-react';
import { useState } from 'react';
import { versionOf } from '../canvas/moment';
import { useCanvasState, useCanvasStore } from '../canvas/store';
import { Button } from '../ui/Button';
import { formatCount } from '../ui/numbers';
import styles from './CanvasPanel.module.css';
import { copyLink } from './links';

/** A link for others: to the canvas as it will be when they come, or to the version that is shown. */
export function ShareLink() {
	const store = useCanvasStore();
	const version = useCanvasState((state) => versionOf(state.moment, state.head));
	const isLive = useCanvasState((state) => state.moment.kind === 'live');
	const [chosen, setChosen] = useState<'now' | 'version' | null>(null);
	const [withPlace, setWithPlace] = useState(true);
	const what = chosen ?? (isLive ? 'now' : 'version');
	const copy = () => {
		const { canvas, camera } = store.getState();
		void copyLink(canvas.name, what === 'version' ? version : null, withPlace ? camera : null);
	};
	return (
		<section aria-labelledby="share" className={styles.share}>
			<h2 id="share">Share</h2>
			<fieldset>
				<legend className="visually-hidden">What the link shows</legend>
				<label>
					<input type="radio" name="moment" checked={what === 'now'} onChange={() => setChosen('now')} /> Always the
					newest
				</label>
				<label>
					<input type="radio" name="moment" checked={what === 'version'} onChange={() => setChosen('version')} />{' '}
					Version {formatCount(version)}, as it is shown
				</label>
				<label>
					<input type="checkbox" checked={withPlace} onChange={(event) => setWithPlace(event.target.checked)} /> At this
					place and zoom
				</label>
			</fieldset>
			<Button onClick={copy}>
				<Link aria-hidden="true" /> Copy the link
			</Button>
		</section>
	);
}
