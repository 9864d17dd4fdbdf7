import { expect, test } from 'vitest';
import { ApiError, type RunBody } from '../client';
import { checkRun, EMPTY_FIELDS, refusedField, toNewRun } from './newRun';
import { oneAtATime } from './oneAtATime';
import { resultsOf, secondsOf } from './results';
import { statusMeaning } from './status';
import { aRun } from './testing';

test('a run is asked for in the words of the server, and what is empty is not said', () => {
	expect(toNewRun(EMPTY_FIELDS)).toEqual({
		width: 256,
		height: 256,
		granular: 5,
		pixels_per_hop: 1,
		exchange: 'local',
	});
	expect(toNewRun({ ...EMPTY_FIELDS, exchange: 'http', hop: '8', seed: '7', canvas: 'art' })).toMatchObject({
		exchange: 'http',
		pixels_per_hop: 8,
		seed: 7,
		canvas: 'art',
	});
});

test('what cannot be right is said at its field; a canvas that is there knows its size', () => {
	const fields = { ...EMPTY_FIELDS, width: '', height: '-1', granular: '0', hop: '', seed: '-4' };
	expect(Object.keys(checkRun(fields)).sort()).toEqual(['granular', 'height', 'hop', 'seed', 'width']);
	expect(checkRun({ ...EMPTY_FIELDS, canvas: 'art', width: '', height: '' })).toEqual({});
});

test.each([
	['too-few-colours', 422, 'width'],
	['wrong-size', 422, 'canvas'],
	['seed', 422, 'seed'],
	['deleted', 410, 'canvas'],
	['overloaded', 503, null],
])('a refusal as %s is told at the field %s', (type, status, field) => {
	expect(refusedField(new ApiError(status, { type: `urn:pixlog:problem:${type}` }))).toBe(field);
});

test('the results are the newest complete run of each kind, small ones first, beside the original', () => {
	const runs: RunBody[] = [
		aRun({ id: 5, cells: 16_384, pixels: 16_384, pixels_per_second: 8192 }),
		aRun({ id: 4, cells: 25, pixels: 25, pixels_per_second: 2500 }),
		aRun({ id: 3, cells: 25, pixels: 25, pixels_per_second: 1 }),
		aRun({ id: 2, cells: 25, pixels: 25, pixels_per_second: 100, exchange: 'http' }),
		aRun({ id: 1, cells: 100, status: 'cancelled' }),
	];
	const results = resultsOf(runs);
	const done = results.flatMap(({ run, originalSeconds }) => (run ? [[run.id, secondsOf(run), originalSeconds]] : []));
	expect(done).toEqual([
		[2, 0.25, 0.14],
		[4, 0.01, 0.14],
		[5, 2, 173.95],
	]);
	expect(results.map(({ run, side }) => (run ? 'run' : side))).toEqual([
		'run',
		'run',
		10,
		28,
		56,
		'run',
		256,
		512,
		1024,
		2048,
		4072,
	]);
});

test('what ended before its time says what is left of it', () => {
	expect(statusMeaning(aRun({ status: 'cancelled', progression: 40, pixels: 1234 }))).toContain('40 %');
	expect(statusMeaning(aRun({ status: 'failed', error: 'The disk is full.' }))).toContain('The disk is full.');
	expect(statusMeaning(aRun({ status: 'running' }))).toBeNull();
});

test('what is asked while it is done is done once, afterwards', async () => {
	const ends: (() => void)[] = [];
	const ask = oneAtATime(() => new Promise((end) => ends.push(end)));
	ask();
	ask();
	ask();
	expect(ends).toHaveLength(1);
	ends[0]?.();
	await Promise.resolve();
	await Promise.resolve();
	expect(ends).toHaveLength(2);
	ends[1]?.();
	await new Promise((resolve) => setTimeout(resolve));
	expect(ends).toHaveLength(2);
});
