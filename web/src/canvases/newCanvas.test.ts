import { expect, test } from 'vitest';
import { ApiError } from '../client';
import { nameFrom, nameProblem, withFreeName } from './names';
import { checkCanvas, colorsOf, EMPTY_FIELDS, refusedField, toNewCanvas } from './newCanvas';

test('what is left empty is not sent', () => {
	expect(toNewCanvas(EMPTY_FIELDS)).toEqual({
		width: 256,
		height: 256,
		mode: 'rgb',
		background: '#ffffff',
		cooldown_ms: 0,
	});
});

test('all fields are sent in the words of the server', () => {
	const fields = { ...EMPTY_FIELDS, name: 'art', label: ' My art ', palette: '#FFF, 000000;#1a2B3c', cooldown: '1.5' };
	expect(toNewCanvas({ ...fields, mode: 'rgba', isTransparent: true })).toEqual({
		name: 'art',
		label: 'My art',
		width: 256,
		height: 256,
		mode: 'rgba',
		background: '#00000000',
		palette: ['#ffffff', '#000000', '#1a2b3c'],
		cooldown_ms: 1500,
	});
});

test('only a canvas with transparency begins transparent', () => {
	expect(toNewCanvas({ ...EMPTY_FIELDS, isTransparent: true }).background).toBe('#ffffff');
});

test('what cannot be right is said at its field', () => {
	const fields = { ...EMPTY_FIELDS, name: 'My art', width: '0', height: '1.5', palette: '#ff', cooldown: 'x' };
	expect(Object.keys(checkCanvas(fields)).sort()).toEqual(['cooldown', 'height', 'name', 'palette', 'width']);
	expect(checkCanvas(EMPTY_FIELDS)).toEqual({});
	expect(colorsOf('')).toEqual([]);
});

test.each([
	['', null],
	['a-1_b', null],
	['Art', 'Only a–z, 0–9, _ and -: not A'],
	['my art', 'Only a–z, 0–9, _ and -: not spaces'],
	['-art', 'It begins with a letter or a digit'],
	['a'.repeat(65), 'At most 64 characters, not 65'],
])('the name %j', (name, problem) => {
	expect(nameProblem(name)).toBe(problem);
});

test.each([
	['Holiday Photo (1).JPG', 'holiday-photo-1'],
	['Übung.png', 'ubung'],
	['_x.tar.pixlog', 'x-tar'],
	['日本.png', 'picture'],
	[`${'a'.repeat(80)}.png`, 'a'.repeat(60)],
])('the file %s becomes the canvas %s', (file, name) => {
	expect(nameFrom(file)).toBe(name);
	expect(nameProblem(name)).toBeNull();
});

test('names that are taken, or were, are counted on', async () => {
	const taken = new ApiError(409, { type: 'urn:pixlog:problem:name-taken' });
	const gone = new ApiError(410, {});
	const answers: Record<string, ApiError> = { art: taken, 'art-2': gone };
	const make = async (name: string) => {
		if (answers[name]) throw answers[name];
		return name;
	};
	await expect(withFreeName('art', make)).resolves.toBe('art-3');
	const full = new ApiError(507, {});
	await expect(withFreeName('art', () => Promise.reject(full))).rejects.toBe(full);
});

test.each([
	['name-taken', 409, 'name'],
	['deleted', 410, 'name'],
	['canvas-too-large', 422, 'width'],
	['transparent', 422, 'background'],
	['storage-full', 507, null],
])('a refusal as %s is told at the field %s', (type, status, field) => {
	expect(refusedField(new ApiError(status, { type: `urn:pixlog:problem:${type}`, detail: 'no' }))).toBe(field);
});
