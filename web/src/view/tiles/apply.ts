import { keyOf, TILE_SIDE, type TileGrid, type TileId } from './grid';
import type { Change, ChangeRing } from './ring';
import type { Slot, Tile } from './slots';

/** Paints a change into all tiles that show what was just before it. Tiles that it makes stale keep their version. */
export function applyChange(grid: TileGrid, slots: Iterable<Slot>, change: Change): void {
	const takers = new Map<number, Tile[]>();
	const zooms = new Set<number>();
	for (const slot of slots) {
		for (const tile of [slot.shown, slot.next]) {
			if (!tile || !takes(grid, slot, tile, change)) continue;
			const key = keyOf(slot);
			takers.set(key, [...(takers.get(key) ?? []), tile]);
			zooms.add(slot.z);
		}
	}
	if ('pixels' in change) for (const z of zooms) paint(grid, z, change.pixels, (id) => takers.get(keyOf(id)) ?? []);
	for (const tiles of takers.values()) for (const tile of tiles) tile.version = change.version;
}

/** Brings a tile up to the newest change that is remembered, or to the last before one that makes it stale. */
export function catchUp(grid: TileGrid, id: TileId, tile: Tile, ring: ChangeRing): void {
	for (const change of ring.after(tile.version) ?? []) {
		if (!takes(grid, id, tile, change)) return;
		if ('pixels' in change) {
			const key = keyOf(id);
			paint(grid, id.z, change.pixels, (other) => (keyOf(other) === key ? [tile] : []));
		}
		tile.version = change.version;
	}
}

/**
 * Whether the tile shows a version from which the change goes on. It may be one within the change: its later pixels are
 * in the tile already, and putting them again in their order leaves them as they are.
 */
function takes(grid: TileGrid, id: TileId, tile: Tile, change: Change): boolean {
	if (tile.version >= change.version || tile.version < change.from) return false;
	if ('pixels' in change) return true;
	const cells = grid.cellsOf(id);
	const { x, y, w, h } = change.region;
	return x >= cells.x + cells.w || y >= cells.y + cells.h || x + w <= cells.x || y + h <= cells.y;
}

/** Puts the pixels that are samples at zoom z; those between the samples are not seen there. */
function paint(grid: TileGrid, z: number, pixels: [number, number, string][], tilesAt: (id: TileId) => Tile[]): void {
	const step = grid.step(z);
	for (const [column, row, color] of pixels) {
		if (column % step !== 0 || row % step !== 0) continue;
		const [x, y] = [column / step, row / step];
		const id = { z, x: Math.floor(x / TILE_SIDE), y: Math.floor(y / TILE_SIDE) };
		for (const tile of tilesAt(id)) tile.image.put(x % TILE_SIDE, y % TILE_SIDE, color);
	}
}
