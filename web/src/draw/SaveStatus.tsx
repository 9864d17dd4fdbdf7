import { Check, CircleAlert, CloudOff, type LucideIcon, RefreshCw } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { useCanvasState } from '../canvas/store';
import { Button } from '../ui/Button';
import { HeaderSlot } from '../ui/HeaderSlot';
import { notifyError } from '../ui/notices';
import { Popover } from '../ui/Popover';
import { useDrawing } from './DrawingContext';
import type { Outbox } from './outbox/outbox';
import styles from './SaveStatus.module.css';
import { type Status, statusOf } from './status';

const ICONS: Record<Status['kind'], LucideIcon> = {
	saved: Check,
	saving: RefreshCw,
	waiting: CloudOff,
	stopped: CircleAlert,
};

/** Whether what was drawn is on the server's disk, and what can be done where it is not. */
export function SaveStatus() {
	const { outbox } = useDrawing().parts;
	const state = useStore(outbox.state);
	const isConnected = useCanvasState(({ connection }) => connection !== 'waiting');
	const now = useSeconds(state.until !== null);
	const status = statusOf(state, isConnected, now);
	const Icon = ICONS[status?.kind ?? 'saved'];
	const needsWords = status?.kind === 'waiting' || status?.kind === 'stopped';
	return (
		<HeaderSlot>
			<span className={styles.status} role="status" aria-label="Saving" data-kind={status?.kind}>
				{status && (
					<>
						<Icon aria-hidden="true" />
						<span className={styles.text}>{status.text}</span>
					</>
				)}
			</span>
			{needsWords && <Details outbox={outbox} text={status.text} />}
		</HeaderSlot>
	);
}

function Details({ outbox, text }: { outbox: Outbox; text: string }) {
	const { phase, error } = useStore(outbox.state);
	const isStale = phase === 'stale';
	// The text counts the seconds; trying earlier is of no use.
	const isTooSoon = error?.status === 429;
	const discard = () => void outbox.discard().catch((failure) => notifyError(failure, discard));
	const send = () => {
		if (isStale) void outbox.sendAsNew().catch((failure) => notifyError(failure, send));
		else outbox.wake();
	};
	return (
		<Popover trigger={<Button>Details</Button>} title="Not saved yet" side="bottom">
			<p>{text}</p>
			{isStale && (
				<p>
					This was drawn more than 23 hours ago and never confirmed. The server may have it or not: look at the picture,
					then decide.
				</p>
			)}
			{error && !isTooSoon && <p>{error.message}</p>}
			{!isStale && (
				<p>What you drew is kept in this browser, and is sent once, in order, as soon as the server takes it.</p>
			)}
			<div className={styles.actions}>
				{!isTooSoon && (
					<Button kind="primary" onClick={send}>
						{isStale ? 'Send as new' : 'Try again now'}
					</Button>
				)}
				<Button kind="danger" onClick={discard}>
					Discard
				</Button>
			</div>
		</Popover>
	);
}

/** The time, each second while somebody counts. */
function useSeconds(isCounting: boolean): number {
	const [now, setNow] = useState(Date.now);
	useEffect(() => {
		if (!isCounting) return;
		setNow(Date.now());
		const timer = setInterval(() => setNow(Date.now()), 500);
		return () => clearInterval(timer);
	}, [isCounting]);
	return now;
}
