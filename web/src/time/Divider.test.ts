import { expect, test } from 'vitest';
import { splitAfterKey } from './Divider';

test('keys move the divider, up to both ends', () => {
	expect(splitAfterKey('ArrowLeft', 0.5)).toBeCloseTo(0.48);
	expect(splitAfterKey('PageUp', 0.95)).toBe(1);
	expect(splitAfterKey('Home', 0.5)).toBe(0);
	expect(splitAfterKey('Enter', 0.5)).toBeNull();
});
