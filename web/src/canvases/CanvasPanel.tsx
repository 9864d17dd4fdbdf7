export function CanvasPanel() {
	return <section aria-label="CanvasPanel" />;
}
