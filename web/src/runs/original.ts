/** What the original service took for squares of each side, in seconds; `null`: it ran out of memory. */
export const ORIGINAL: { side: number; seconds: number | null }[] = [
	{ side: 5, seconds: 0.14 },
	{ side: 10, seconds: 0.38 },
	{ side: 28, seconds: 2.61 },
	{ side: 56, seconds: 13.08 },
	{ side: 128, seconds: 173.95 },
	{ side: 256, seconds: 1020.15 },
	{ side: 512, seconds: null },
	{ side: 1024, seconds: null },
	{ side: 2048, seconds: null },
	{ side: 4072, seconds: null },
];
