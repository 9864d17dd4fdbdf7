import { Pause, Play, StepBack, StepForward } from 'lucide-react';
import { useState } from 'react';
import { LIVE, versionOf } from '../canvas/moment';
import { useCanvasState, useCanvasStore } from '../canvas/store';
import { IconButton } from '../ui/Button';
import { useShortcut } from '../ui/shortcuts';
import { SPEEDS } from './player';
import { momentAt } from './scale';
import styles from './TimeBar.module.css';
import { usePlayer } from './usePlayer';

const DEFAULT_SPEED = SPEEDS[1];

/** Play, pause, how fast, and entry by entry. */
export function Transport() {
	const store = useCanvasStore();
	const [speedId, setSpeedId] = useState(DEFAULT_SPEED?.id ?? '');
	const speed = SPEEDS.find((one) => one.id === speedId) ?? DEFAULT_SPEED;
	const player = usePlayer(speed?.speed ?? { kind: 'whole', seconds: 15 });
	const isAtBegin = useCanvasState((state) => versionOf(state.moment, state.head) === 0);
	const isLive = useCanvasState((state) => state.moment.kind === 'live');
	const isEmpty = useCanvasState((state) => state.head === 0);

	const step = (by: number) => {
		const { moment, head, look } = store.getState();
		look(momentAt(versionOf(moment, head) + by, head));
	};
	const look = (version: number | null) =>
		store.getState().look(version === null ? LIVE : { kind: 'version', version });
	useShortcut(
		{ keys: 'k', label: 'Play or pause', group: 'Time', run: player.toggle },
		{ keys: ',', label: 'One entry back', group: 'Time', run: () => step(-1) },
		{ keys: '.', label: 'One entry on', group: 'Time', run: () => step(1) },
		{ keys: '<', label: 'Show the empty canvas', group: 'Time', run: () => look(0) },
		{ keys: '>', label: 'Show the live picture', group: 'Time', run: () => look(null) },
	);
	return (
		<div className={styles.transport}>
			<IconButton label={player.isPlaying ? 'Pause' : 'Play'} keys="K" disabled={isEmpty} onClick={player.toggle}>
				{player.isPlaying ? <Pause /> : <Play />}
			</IconButton>
			<select aria-label="Speed" value={speedId} onChange={(event) => setSpeedId(event.target.value)}>
				{SPEEDS.map(({ id, label }) => (
					<option key={id} value={id}>
						{label}
					</option>
				))}
			</select>
			<IconButton label="One entry back" keys="," disabled={isAtBegin} onClick={() => step(-1)}>
				<StepBack />
			</IconButton>
			<IconButton label="One entry on" keys="." disabled={isLive} onClick={() => step(1)}>
				<StepForward />
			</IconButton>
		</div>
	);
}
