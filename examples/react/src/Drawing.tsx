import { ApiError, type CanvasBody, data, useCanvas, usePixlog } from 'pixlog-client';
import { type FormEvent, type MouseEvent, useState } from 'react';

const SIDE = 16;

/** A canvas that everyone who opens this page draws on. */
export function Drawing({ name }: { name: string }) {
	const { canvas, head, image, connection, error, draw, retry } = useCanvas(name);
	const [color, setColor] = useState('#c2410c');
	const [failure, setFailure] = useState<string | null>(null);

	const put = (x: number, y: number) =>
		draw([[x, y, color]], { author: 'example' }).then(
			() => setFailure(null),
			(refused: Error) => setFailure(refused.message),
		);
	const submit = (event: FormEvent<HTMLFormElement>) => {
		event.preventDefault();
		const form = new FormData(event.currentTarget);
		void put(Number(form.get('x')), Number(form.get('y')));
	};

	return (
		<section aria-labelledby="drawing">
			<h2 id="drawing">A drawing</h2>
			{error && <Missing name={name} error={error} retry={retry} />}
			{canvas && image && <Picture canvas={canvas} image={image} put={put} />}
			<form onSubmit={submit}>
				{(['x', 'y'] as const).map((axis) => (
					<label key={axis}>
						{axis} <input name={axis} type="number" min="0" max={SIDE - 1} defaultValue="0" required />
					</label>
				))}
				<label>
					Colour <input type="color" value={color} onChange={(event) => setColor(event.target.value)} />
				</label>
				<button type="submit" disabled={!canvas}>
					Draw
				</button>
			</form>
			{failure && <p role="alert">{failure}.</p>}
			<p role="status">
				{connection === 'open' ? 'Live' : 'Not connected'}
				{head !== null && `, version ${head}`}
			</p>
		</section>
	);
}

interface PictureProps {
	canvas: CanvasBody;
	image: string;
	put(x: number, y: number): void;
}

/** A click draws; the form below does the same by keyboard. */
function Picture({ canvas, image, put }: PictureProps) {
	const click = ({ currentTarget, clientX, clientY }: MouseEvent<HTMLImageElement>) => {
		const { left, top, width, height } = currentTarget.getBoundingClientRect();
		const x = Math.floor(((clientX - left) / width) * canvas.width);
		const y = Math.floor(((clientY - top) / height) * canvas.height);
		put(x, y);
	};
	// biome-ignore lint: the form is there for those who have no pointer.
	return <img className="drawing" src={image} alt="The drawing as it is" onClick={click} />;
}

function Missing({ name, error, retry }: { name: string; error: Error; retry(): void }) {
	const pixlog = usePixlog();
	const isMissing = error instanceof ApiError && error.status === 404;
	const create = () =>
		data(pixlog.api.POST('/api/v1/canvases', { body: { name, width: SIDE, height: SIDE } })).finally(retry);
	return (
		<p role={isMissing ? 'status' : 'alert'}>
			{isMissing ? 'There is no drawing yet. ' : `${error.message}. `}
			<button type="button" onClick={() => (isMissing ? void create().catch(() => {}) : retry())}>
				{isMissing ? 'Begin one' : 'Try again'}
			</button>
		</p>
	);
}
