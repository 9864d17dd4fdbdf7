export function ComparePanel() {
	return <section aria-label="ComparePanel" />;
}
