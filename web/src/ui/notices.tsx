import { X } from 'lucide-react';
import { create } from 'zustand';
import { Button, IconButton } from './Button';
import styles from './notices.module.css';
import { messageOf, type Remedy, remedyFor } from './remedy';

export interface Notice {
	id: number;
	kind: 'done' | 'error';
	text: string;
	action?: Remedy;
}

const SHOWN_MS = 6000;
const useNotices = create<{ all: Notice[] }>()(() => ({ all: [] }));
let next = 0;

/** Says something in a corner, and to screen readers. Errors stay until they are closed; one notice a text. */
export function notify(kind: Notice['kind'], text: string, action?: Remedy): void {
	next += 1;
	const notice: Notice = { id: next, kind, text, ...(action ? { action } : {}) };
	useNotices.setState(({ all }) => ({ all: [...all.filter((one) => one.text !== text), notice].slice(-4) }));
	if (kind === 'done') setTimeout(() => close(notice.id), SHOWN_MS);
}

/** Says that something failed, in the words of what failed. */
export function notifyError(error: unknown, retry?: () => void): void {
	notify('error', messageOf(error), remedyFor(error, retry) ?? undefined);
}

/** Takes away what failed before something changed that mends it. */
export function forgetErrors(): void {
	useNotices.setState(({ all }) => ({ all: all.filter((one) => one.kind !== 'error') }));
}

function close(id: number): void {
	useNotices.setState(({ all }) => ({ all: all.filter((one) => one.id !== id) }));
}

export function Notices() {
	const all = useNotices((state) => state.all);
	return (
		<div className={styles.notices} role="status" aria-live="polite">
			{all.map((notice) => (
				<div key={notice.id} className={styles.notice} data-kind={notice.kind}>
					<p>{notice.text}</p>
					{notice.action && (
						<Button
							onClick={() => {
								close(notice.id);
								notice.action?.run();
							}}
						>
							{notice.action.label}
						</Button>
					)}
					<IconButton label="Close" onClick={() => close(notice.id)}>
						<X />
					</IconButton>
				</div>
			))}
		</div>
	);
}
