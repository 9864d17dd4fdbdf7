export function PixelPanel() {
	return <section aria-label="PixelPanel" />;
}
