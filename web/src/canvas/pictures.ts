/** Where the picture of a version is, its longest side `fit` pixels; such a picture never changes. */
export function pictureUrl(name: string, version: number, fit: number): string {
	return `/api/v1/canvases/${name}/image.png?version=${version}&fit=${fit}`;
}

/** The whole picture of a version, a pixel a cell. */
export function fullPictureUrl(name: string, version: number): string {
	return `/api/v1/canvases/${name}/image.png?version=${version}`;
}
