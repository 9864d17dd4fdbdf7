export function HistoryPanel() {
	return <section aria-label="HistoryPanel" />;
}
