import type { BucketBody } from '../client';

/** A bar of the histogram: where it stands in versions, and how high it is, 0 to 1. */
export interface Bar {
	from: number;
	to: number;
	height: number;
}

/** The lowest bar that is still seen. */
const LEAST = 0.08;

/**
 * How busy each stretch was: cells changed a second, on a logarithmic scale, since a fill changes a million times what a
 * hand does. Stretches hold equally many entries, so that counting those would say nothing.
 */
export function bars(buckets: BucketBody[], createdAt: string): Bar[] {
	let begin = Date.parse(createdAt);
	const rates = buckets.map(({ time, changed }) => {
		const end = Date.parse(time);
		const seconds = Math.max(0.001, (end - begin) / 1000);
		begin = end;
		return Math.log1p(changed / seconds);
	});
	const highest = Math.max(...rates, Number.MIN_VALUE);
	return buckets.map(({ from, to }, at) => ({ from, to, height: Math.max(LEAST, (rates[at] ?? 0) / highest) }));
}

/** The stretch with a version. */
export function bucketOf(buckets: BucketBody[], version: number): BucketBody | undefined {
	return buckets.find(({ from, to }) => from < version && version <= to);
}
