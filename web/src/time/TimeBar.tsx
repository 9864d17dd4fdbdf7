export function TimeBar() {
	return <section aria-label="TimeBar" />;
}
