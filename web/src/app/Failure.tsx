import { ApiError } from '../client';
import { LinkButton } from '../ui/Button';
import { ErrorText } from '../ui/ErrorText';
import { PageTitle } from '../ui/PageTitle';
import styles from './App.module.css';

interface FailureProps {
	error: Error;
	retry(): void;
}

/** What a page shows where its data did not come, or where it broke. */
export function Failure({ error, retry }: FailureProps) {
	return (
		<main id="main" className={styles.text}>
			<PageTitle title={titleOf(error)} />
			<ErrorText error={error} retry={retry} />
			<p>
				<LinkButton href="#/">All canvases</LinkButton>
			</p>
		</main>
	);
}

function titleOf(error: Error): string {
	if (!(error instanceof ApiError)) return 'This page broke';
	if (error.status === 410) return 'It was deleted';
	if (error.status === 404) return 'There is no such thing here';
	if (error.status === 401 || error.status === 403) return 'This needs a token';
	return 'That did not work';
}
