import { ApiError } from './problem';

/** A picture of a ping-pong run. */
export interface RunPicture {
	/** `myImg_30.png`. */
	name: string;
	/** How far the run was. */
	percent: number;
	/** A data URL, or the URL of the picture. */
	url: string;
}

/**
 * The pictures of `{"generate_images":[{"myImg_30.png":"…"},…]}`, each as soon as it is there: a run sends them as it
 * goes. An answer that ends before its list does is an error. Addresses of pictures are taken as below `baseUrl`.
 */
export async function* readPictures(response: Response, baseUrl: string): AsyncGenerator<RunPicture, void> {
	let text = '';
	let isBegun = false;
	let isWhole = false;
	for await (const piece of pieces(response)) {
		text += piece;
		if (!isBegun) {
			const start = text.indexOf('[');
			if (start < 0) continue;
			text = text.slice(start + 1);
			isBegun = true;
		}
		// Neither names, nor base64, nor addresses have braces in them. A long picture comes in many pieces.
		for (let end = piece.includes('}') ? text.indexOf('}') : -1; end >= 0; end = text.indexOf('}')) {
			isWhole = text.trimStart().startsWith(']');
			// The answer is read to its end, which lets the connection be used again.
			if (isWhole) break;
			yield picture(text.slice(text.indexOf('{'), end + 1), baseUrl);
			text = text.slice(end + 1);
		}
	}
	if (!isWhole) throw new ApiError(0, { detail: 'The answer was cut off before the run had ended' });
}

/** One item of a list of pictures, as it was sent. */
export function picture(item: string | Record<string, string>, baseUrl: string): RunPicture {
	const record: Record<string, string> = typeof item === 'string' ? JSON.parse(item) : item;
	const [[name, value] = ['', '']] = Object.entries(record);
	// The base64 of a PNG begins with a letter.
	const url = value.startsWith('/') ? baseUrl + value : `data:image/png;base64,${value}`;
	return { name, percent: Number(/\d+/.exec(name)?.[0] ?? 0), url };
}

async function* pieces(response: Response): AsyncGenerator<string, void> {
	const reader = response.body?.getReader();
	const decoder = new TextDecoder();
	try {
		while (reader) {
			const { done, value } = await reader.read().catch(cut);
			if (done || !value) return;
			yield decoder.decode(value, { stream: true });
		}
	} finally {
		await reader?.cancel().catch(() => {});
	}
}

/** A connection that is lost ends the answer, as a server does that stops: what came is not whole. */
function cut(error: unknown): { done: true; value?: undefined } {
	if (error instanceof Error && error.name === 'TypeError') return { done: true };
	throw error;
}
