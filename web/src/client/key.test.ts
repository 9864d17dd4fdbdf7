// @vitest-environment node
import { expect, test, vi } from 'vitest';
import { newKey } from './key';

test('keys differ, also where a page has no randomUUID', () => {
	expect(newKey()).not.toBe(newKey());
	vi.stubGlobal('crypto', { getRandomValues: (bytes: Uint8Array) => bytes.fill(7) });
	expect(newKey()).toBe('07'.repeat(16));
	vi.unstubAllGlobals();
});
