export function RunsPage(_: { run: number | null }) {
	return <section aria-label="RunsPage" />;
}
