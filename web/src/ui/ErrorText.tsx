import { CircleAlert } from 'lucide-react';
import { Button } from './Button';
import styles from './ErrorText.module.css';
import { messageOf, remedyFor } from './remedy';

/** What failed, where it failed, with what mends it. */
export function ErrorText({ error, retry }: { error: unknown; retry?: () => void }) {
	const remedy = remedyFor(error, retry);
	return (
		<div className={styles.error} role="alert">
			<CircleAlert aria-hidden="true" />
			<span>{messageOf(error)}</span>
			{remedy && <Button onClick={remedy.run}>{remedy.label}</Button>}
		</div>
	);
}
