import type { Color } from '../colors';

/** For canvases without a palette of their own: ten hues, each dark, plain and light. */
export const DEFAULT_PALETTE: Color[] = [
	...['#000000', '#7d828c', '#ffffff'],
	...['#8c1020', '#e5303f', '#ff9a9a'],
	...['#9a4a00', '#f5821f', '#ffc98f'],
	...['#8f7400', '#f7c600', '#fff0a0'],
	...['#0d5f2f', '#21a955', '#9fe3b0'],
	...['#055e69', '#10a6b9', '#9be9f0'],
	...['#142c8c', '#2e63ea', '#a3c2ff'],
	...['#45177a', '#8c45d6', '#d5b5f7'],
	...['#7d1560', '#dd3b96', '#ffb3da'],
	...['#43281a', '#875233', '#dcb592'],
];
