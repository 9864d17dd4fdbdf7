export function CanvasesPage() {
	return <section aria-label="CanvasesPage" />;
}
