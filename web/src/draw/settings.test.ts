import { expect, test } from 'vitest';
import { colorsOn, noteUsed, parseSettings, setSettings, useSettings } from './settings';

test('what was kept is read again', () => {
	setSettings({ primary: '#112233', size: 7, author: 'ada', palette: { name: 'x', colors: ['#000000'] } });
	noteUsed('#445566');
	noteUsed('#112233');
	noteUsed('#445566');
	const kept = parseSettings(localStorage.getItem('pixlog.draw'));
	expect(kept).toEqual(useSettings.getState());
	expect(kept.recent).toEqual(['#445566', '#112233']);
});

test.each(['', 'null', '[', '{"primary":"red","size":65,"recent":["x","#fff"],"palette":{"colors":[]},"author":7}'])(
	'what is not readable is as it was at first: %s',
	(text) => {
		const { primary, size, palette, author } = parseSettings(text);
		expect({ primary, size, palette, author }).toEqual({ primary: '#1d1d21', size: 1, palette: null, author: '' });
	},
);

test('a canvas with a palette takes its colours only', () => {
	const canvas = { mode: 'rgb', background: '#ffffff', palette: ['#ffffff', '#ff0000', '#00ff00'] };
	expect(colorsOn(canvas, { primary: '#00ff00', secondary: '#123456' })).toEqual({
		primary: '#00ff00',
		secondary: '#00ff00',
	});
	expect(colorsOn(canvas, { primary: '#123456', secondary: '#ffffff' })).toEqual({
		primary: '#ff0000',
		secondary: '#ffffff',
	});
	expect(
		colorsOn({ mode: 'rgba', background: '#ffffff', palette: null }, { primary: '#00ff00', secondary: '#12345678' }),
	).toEqual({
		primary: '#00ff00ff',
		secondary: '#12345678',
	});
});
