import { expect, test } from 'vitest';
import { counted, fromLocalInput, toLocalInput } from './words';

test('what is counted agrees with its number', () => {
	expect(counted(1, 'cell')).toBe('1 cell');
	expect(counted(12, 'entry', 'entries')).toBe('12 entries');
	expect(counted(0, 'tag')).toBe('0 tags');
});

test('what a date input takes comes back as it was, to the second', () => {
	expect(fromLocalInput(toLocalInput('2026-05-03T12:30:01.000Z'))).toBe('2026-05-03T12:30:01.000Z');
	expect(fromLocalInput('')).toBeNull();
});
