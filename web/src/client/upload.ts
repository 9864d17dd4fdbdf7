import type { Pixlog } from './client';
import { newKey } from './key';
import { ApiError } from './problem';
import type { Problem } from './schema';

export interface UploadOptions {
	method: 'POST' | 'PUT';
	type: string;
	signal?: AbortSignal;
	/** How many bytes went out; all of them do not mean that the server took them. */
	progress?(sent: number): void;
}

/**
 * Sends a file and tells how far it is, which `fetch` cannot; answers the JSON of the server, or throws its refusal. It
 * is not repeated by itself.
 */
export function upload<T>(pixlog: Pixlog, path: string, file: Blob, options: UploadOptions): Promise<T> {
	const { method, type, signal, progress } = options;
	return new Promise<T>((resolve, reject) => {
		signal?.throwIfAborted();
		const request = new XMLHttpRequest();
		const abort = () => request.abort();
		request.open(method, pixlog.baseUrl + path);
		request.setRequestHeader('Content-Type', type);
		request.setRequestHeader('Idempotency-Key', newKey());
		if (pixlog.token) request.setRequestHeader('Authorization', `Bearer ${pixlog.token}`);
		request.upload.onprogress = (event) => progress?.(event.loaded);
		request.onload = () => {
			if (request.status >= 200 && request.status < 300) resolve(JSON.parse(request.responseText));
			else reject(new ApiError(request.status, problemOf(request.responseText)));
		};
		request.onerror = () => reject(new ApiError(0, {}));
		request.onabort = () => reject(signal?.reason);
		request.onloadend = () => signal?.removeEventListener('abort', abort);
		signal?.addEventListener('abort', abort, { once: true });
		request.send(file);
	});
}

function problemOf(text: string): Partial<Problem> {
	try {
		return JSON.parse(text);
	} catch {
		return {};
	}
}
