import { type CanvasBody, data, type Pixlog, upload, type WrittenState } from '../client';
import { nameFrom, withFreeName } from './names';
import { inspectPicture, type PictureFacts } from './picture';

export interface ImportOptions {
	signal: AbortSignal;
	progress(sent: number): void;
	/** Stands in for the browser's decoder where there is none. */
	inspect?(file: Blob): Promise<PictureFacts>;
}

const PICTURES: Record<string, string> = {
	png: 'image/png',
	jpg: 'image/jpeg',
	jpeg: 'image/jpeg',
	gif: 'image/gif',
	webp: 'image/webp',
};

/** What a file chooser offers. */
export const ACCEPTED = '.pixlog,image/png,image/jpeg,image/gif,image/webp';

/** Makes a canvas of a file: of an export with all its history, of a picture with that as its first version. */
export function importFile(pixlog: Pixlog, file: File, options: ImportOptions): Promise<{ name: string }> {
	const ending = file.name.split('.').at(-1)?.toLowerCase() ?? '';
	if (ending === 'pixlog') return importExport(pixlog, file, options);
	const type = Object.values(PICTURES).includes(file.type) ? file.type : PICTURES[ending];
	if (type) return importPicture(pixlog, file, type, options);
	return Promise.reject(new Error('Only PNG, JPEG, GIF and WebP pictures and .pixlog exports can be imported'));
}

/** A name that is taken is refused before the file is sent. */
function importExport(pixlog: Pixlog, file: File, { signal, progress }: ImportOptions): Promise<CanvasBody> {
	return withFreeName(nameFrom(file.name), (name) =>
		upload<CanvasBody>(pixlog, `/api/v1/canvases/import?name=${name}`, file, {
			method: 'POST',
			type: 'application/vnd.pixlog',
			signal,
			progress,
		}),
	);
}

async function importPicture(pixlog: Pixlog, file: File, type: string, options: ImportOptions): Promise<CanvasBody> {
	const { signal, progress, inspect = inspectPicture } = options;
	const { width, height, isOpaque } = await inspect(file);
	signal.throwIfAborted();
	const looks = isOpaque ? ({ mode: 'rgb' } as const) : ({ mode: 'rgba', background: '#00000000' } as const);
	const canvas = await withFreeName(nameFrom(file.name), (name) =>
		data(pixlog.api.POST('/api/v1/canvases', { body: { name, width, height, ...looks } })),
	);
	const { name } = canvas;
	try {
		const path = `/api/v1/canvases/${name}/state`;
		await upload<WrittenState>(pixlog, path, file, { method: 'PUT', type, signal, progress });
	} catch (error) {
		// An empty canvas is not what was asked for. Whether it goes or not, the first failure is the one to tell.
		await data(pixlog.api.DELETE('/api/v1/canvases/{name}', { params: { path: { name } } })).catch(() => {});
		throw error;
	}
	return canvas;
}
