const whole = new Intl.NumberFormat();
const short = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 3 });
const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

export function formatCount(value: number): string {
	return whole.format(Math.round(value));
}

/** Three digits that count, for what is measured and not counted. */
export function formatRate(value: number): string {
	return value >= 1000 ? whole.format(Math.round(value)) : short.format(value);
}

export function formatBytes(bytes: number): string {
	const unit = Math.min(BYTE_UNITS.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)));
	return `${(unit === 0 ? whole : short).format(bytes / 1024 ** unit)} ${BYTE_UNITS[unit]}`;
}

/** `2.3 ms`, `13.1 s`, `2:54`, `1:02:03`. */
export function formatSeconds(seconds: number): string {
	if (seconds < 0.0995) return `${short.format(seconds * 1000)} ms`;
	if (seconds < 59.95) return `${short.format(seconds)} s`;
	const total = Math.round(seconds);
	const [hours, minutes, rest] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
	const tail = `${String(minutes).padStart(hours > 0 ? 2 : 1, '0')}:${String(rest).padStart(2, '0')}`;
	return hours > 0 ? `${hours}:${tail}` : tail;
}
