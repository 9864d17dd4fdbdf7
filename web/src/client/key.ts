/** A key that no other write has, for `Idempotency-Key`. */
export function newKey(): string {
	// A page that came by plain http from another machine has no `randomUUID`.
	return typeof crypto.randomUUID === 'function'
		? crypto.randomUUID()
		: hex(crypto.getRandomValues(new Uint8Array(16)));
}

function hex(bytes: Uint8Array): string {
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
