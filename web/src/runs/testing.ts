import type { RunBody } from '../client';

/** A run for tests. */
export function aRun(said: Partial<RunBody> = {}): RunBody {
	return {
		id: 7,
		canvas: 'art',
		status: 'completed',
		progression: 100,
		pixels: 256,
		cells: 256,
		pixels_per_second: 1000,
		eta_seconds: null,
		started_at: '2026-01-01T00:00:00Z',
		finished_at: null,
		granular: 50,
		pixels_per_hop: 1,
		exchange: 'local',
		seed: 1,
		images: [],
		...said,
	};
}
