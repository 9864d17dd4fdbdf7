import { useEffect } from 'react';
import { notifyError } from '../../ui/notices';
import type { Template } from './template';

/** A picture that is dropped anywhere on the page of a canvas becomes its template. */
export function useDroppedPicture(template: Template): void {
	useEffect(() => {
		const stop = new AbortController();
		const over = (event: DragEvent) => {
			const items = [...(event.dataTransfer?.items ?? [])];
			if (items.some(({ kind, type }) => kind === 'file' && type.startsWith('image/'))) event.preventDefault();
		};
		const drop = (event: DragEvent) => {
			const file = [...(event.dataTransfer?.files ?? [])].find(({ type }) => type.startsWith('image/'));
			if (!file) return;
			event.preventDefault();
			template.open(file).catch(notifyError);
		};
		addEventListener('dragover', over, { signal: stop.signal });
		addEventListener('drop', drop, { signal: stop.signal });
		return () => stop.abort();
	}, [template]);
}
