/**
 * Cells of one colour as they are painted: pairs of a cell, y · width + x, and how many follow each other from there in
 * its row; in the order of the picture.
 */
export type Runs = Uint32Array<ArrayBuffer>;

export function runsOf(cells: ArrayLike<number>, width: number): Runs {
	const sorted = Uint32Array.from(cells).sort();
	const runs = new Uint32Array(sorted.length * 2);
	let length = 0;
	let next = -1;
	for (const cell of sorted) {
		if (cell === next && cell % width !== 0) runs[length - 1] = (runs[length - 1] ?? 0) + 1;
		else {
			runs[length] = cell;
			runs[length + 1] = 1;
			length += 2;
		}
		next = cell + 1;
	}
	return runs.slice(0, length);
}
