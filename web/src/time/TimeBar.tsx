import { useVersionTime } from '../canvas/versions';
import { useSettled } from '../ui/timing';
import { MomentActions } from './MomentActions';
import { Readout } from './Readout';
import styles from './TimeBar.module.css';
import { Transport } from './Transport';
import { useScrub } from './useScrub';
import { VersionSlider } from './VersionSlider';

/** While versions fly past, nobody reads when each was made. */
const READ_MS = 150;

/** Which moment is shown, and all ways to another one. */
export function TimeBar() {
	const scrub = useScrub();
	const steady = useSettled(scrub.version, READ_MS);
	const time = useVersionTime(steady === scrub.version ? steady : null);
	return (
		<section className={styles.bar} aria-label="Time">
			<VersionSlider scrub={scrub} time={time} />
			<div className={styles.row}>
				<Transport />
				<Readout version={scrub.version} time={time} />
				<MomentActions />
			</div>
		</section>
	);
}
