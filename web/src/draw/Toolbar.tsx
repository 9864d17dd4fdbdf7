export function Toolbar() {
	return <section aria-label="Toolbar" />;
}
