import { apiOf } from './api';

/** A small picture with a past: an evening at a lake, drawn in layers, each by an author of its own. */
export const SCENE = { name: 'evening-lake', label: 'Evening at the lake', width: 128, height: 80 };

type Pixel = [x: number, y: number, color: string];

const { width: W, height: H } = SCENE;
const SHORE = 52;
const SUN = { x: 84, y: 42, radius: 10 };
const SKY = ['#1b1d3a', '#2c2452', '#4b2e6b', '#7a3b78', '#b24d77', '#e07169', '#f6a35c', '#fdd074'];
const WATER = ['#c9785f', '#b05a68', '#8a4470', '#633668', '#46305f', '#302850', '#232344', '#1a1c38'];
/** Ordered dithering after Bayer: thresholds of a square of four by four. */
const BAYER = [0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5];

/** Draws it, each author a layer in several strokes, and names what matters. */
export async function drawScene(url: string): Promise<number> {
	const api = apiOf(url);
	await api.create(SCENE);
	const tags: Record<string, string> = { sky: 'sky', mountains: 'mountains', trees: 'finished' };
	let version = 0;
	for (const [author, pixels] of layers()) {
		const stroke = Math.ceil(pixels.length / 8);
		for (let at = 0; at < pixels.length; at += stroke) {
			version = await api.draw(SCENE.name, pixels.slice(at, at + stroke), author);
		}
		const tag = tags[author];
		if (tag) await api.tag(SCENE.name, tag, version);
	}
	return version;
}

function layers(): [author: string, pixels: Pixel[]][] {
	return [
		['sky', [...each(0, SHORE, (x, y) => shade(SKY, x, y, y / SHORE)), ...stars()]],
		['sun', each(0, SHORE, sun)],
		['mountains', [...each(0, SHORE, far), ...each(0, SHORE, near)]],
		['water', [...each(SHORE, H, water), ...each(SHORE, H, glitter)]],
		['boat', boat()],
		['trees', [...each(SHORE - 2, H, bank), ...pines()]],
	];
}

function each(from: number, to: number, colorAt: (x: number, y: number) => string | null): Pixel[] {
	const pixels: Pixel[] = [];
	for (let y = from; y < to; y++) {
		for (let x = 0; x < W; x++) {
			const color = colorAt(x, y);
			if (color) pixels.push([x, y, color]);
		}
	}
	return pixels;
}

function shade(colors: string[], x: number, y: number, depth: number): string {
	const exact = depth * (colors.length - 1);
	const threshold = ((BAYER[(y % 4) * 4 + (x % 4)] ?? 0) + 0.5) / 16;
	return colors[Math.min(colors.length - 1, Math.floor(exact) + (exact % 1 > threshold ? 1 : 0))] ?? '#000000';
}

function stars(): Pixel[] {
	return Array.from({ length: 26 }, (_, at): Pixel => {
		const y = (at * at * 5 + at * 3) % 19;
		return [(at * 47 + 11) % W, y, at % 3 === 0 ? '#fff6d8' : '#a893c4'];
	});
}

function sun(x: number, y: number): string | null {
	const distance = Math.hypot(x - SUN.x + 0.5, y - SUN.y + 0.5);
	if (distance < SUN.radius) return y > SUN.y + 3 ? '#ffe39a' : '#fff3c9';
	return distance < SUN.radius + 3 && (x + y) % 2 === 0 ? '#fdd074' : null;
}

function ridge(x: number, base: number, waves: [height: number, length: number, shift: number][]): number {
	return base - waves.reduce((sum, [height, length, shift]) => sum + height * jag((x + shift) / length), 0);
}

/** From 0 up to 1 and down again, once a unit. */
function jag(at: number): number {
	return 1 - Math.abs(2 * (at - Math.floor(at)) - 1);
}

function far(x: number, y: number): string | null {
	const top = ridge(x, 46, [
		[17, 61, 20],
		[4, 17, 3],
		[1.5, 5, 0],
	]);
	if (y < top) return null;
	const fold = (x + Math.floor(y * 1.4)) % 23 < 9;
	if (y < top + 5 && y < 36) return fold ? '#f2c6b4' : '#cf8a94';
	return fold ? '#87497f' : '#71407a';
}

function near(x: number, y: number): string | null {
	const top = ridge(x, 51, [
		[9, 43, 31],
		[3, 13, 6],
		[1, 4, 1],
	]);
	if (y < top) return null;
	return y < top + 1 ? '#5f3a72' : '#432c5e';
}

function water(x: number, y: number): string {
	const depth = (y - SHORE) / (H - SHORE);
	// A still lake is darker below what stands on its other side.
	return shade(WATER, x + (y % 3), y, Math.min(1, depth + (y < SHORE + 2 ? 0.35 : 0)));
}

function glitter(x: number, y: number): string | null {
	const spread = 3 + (y - SHORE) * 0.45;
	const isBelowSun = Math.abs(x - SUN.x) < spread * (0.55 + 0.45 * jag(y / 3));
	if (isBelowSun && y % 2 === 0 && (x * 7 + y * 13) % 11 < 8) return y < SHORE + 12 ? '#ffdf97' : '#f0a060';
	return (x * 5 + y * 29) % 97 < 4 && y % 3 === 1 ? '#d98a76' : null;
}

const BOAT = [
	'....s.....',
	'....ss....',
	'....sss...',
	'...lssss..',
	'..llsssss.',
	'.lllssssss',
	'....m.....',
	'hhhhhhhhhh',
	'.hhhhhhhh.',
];
const PAINTS: Record<string, string> = { s: '#fff1da', l: '#e8b79b', m: '#2a1c36', h: '#3a1f3d' };

function boat(): Pixel[] {
	return BOAT.flatMap((row, y) =>
		[...row].flatMap((paint, x): Pixel[] => {
			const color = PAINTS[paint];
			return color ? [[x + 46, y + 53, color]] : [];
		}),
	);
}

function bank(x: number, y: number): string | null {
	const left = 80 - 17 * Math.max(0, 1 - x / 44) ** 1.4 - jag(x / 5);
	const right = 80 - 13 * Math.max(0, 1 - (W - x) / 30) ** 1.4 - jag(x / 6);
	const top = Math.min(left, right);
	if (y < top || top > H - 1) return null;
	return y < top + 1 && x % 3 !== 0 ? '#2c2a45' : '#12121f';
}

const PINES: [x: number, foot: number, height: number][] = [
	[4, 66, 40],
	[13, 68, 30],
	[22, 71, 35],
	[31, 75, 20],
	[124, 69, 34],
	[116, 72, 23],
	[108, 76, 13],
];

function pines(): Pixel[] {
	return PINES.flatMap(([foot, ground, height]) =>
		each(ground - height, Math.min(H, ground + 2), (x, y) => {
			const down = y - ground + height;
			const isTrunk = Math.abs(x - foot) < 1;
			if (down >= height - 2) return isTrunk ? '#12121f' : null;
			// Branches hang over each other in tiers.
			const reach = (down / height) * 0.16 * height + (down % 5) * 0.6;
			const aside = x - foot;
			if (Math.abs(aside) > reach) return null;
			return aside > reach - 1.2 && down % 5 < 4 && foot < SUN.x ? '#3b2f52' : '#161829';
		}),
	);
}
