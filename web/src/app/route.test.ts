import { expect, test } from 'vitest';
import { canvasPath, parseRoute } from './route';

test('a link names canvas, version, place and zoom', () => {
	const camera = { x: 12.5, y: 30.25, zoom: 8 };
	const path = canvasPath('art', 42, camera);
	expect(path).toBe('/c/art@42/12.5,30.25,8');
	expect(parseRoute(path)).toEqual({ page: 'canvas', name: 'art', version: '42', camera });
});

test.each([
	['/', { page: 'canvases' }],
	['/runs', { page: 'runs', run: null }],
	['/runs/7', { page: 'runs', run: 7 }],
	['/runs/x', { page: 'unknown' }],
	['/c/art', { page: 'canvas', name: 'art', version: null, camera: null }],
	['/c/art@best', { page: 'canvas', name: 'art', version: 'best', camera: null }],
	['/c/art/1,2', { page: 'canvas', name: 'art', version: null, camera: null }],
	['/c/art/1,2,0', { page: 'canvas', name: 'art', version: null, camera: null }],
	['/c/Art', { page: 'unknown' }],
	['/x', { page: 'unknown' }],
])('%s', (path, route) => {
	expect(parseRoute(path)).toEqual(route);
});
