import { useHistory } from 'pixlog-client';

/** How many entries the history of the current canvas has. */
export function HistoryCount() {
	const { head, error } = useHistory(null, { limit: 1 });
	if (error) return <span>no history yet</span>;
	return <span>{head === null ? '…' : `${head.toLocaleString('en')} entries in its history`}</span>;
}
