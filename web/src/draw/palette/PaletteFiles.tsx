import { ClipboardCopy, Download, Upload } from 'lucide-react';
import { useId, useRef, useState } from 'react';
import { Button } from '../../ui/Button';
import { notify, notifyError } from '../../ui/notices';
import { saveFile } from '../../ui/saveFile';
import { setSettings } from '../settings';
import { type Palette, parsePalette, toGimp, toHexList } from './files';
import styles from './Palette.module.css';

interface PaletteFilesProps {
	palette: Palette;
	/** A canvas with a palette of its own takes no other. */
	mayImport: boolean;
	isImported: boolean;
}

/** Palettes go in and out as GIMP files and as lists of hex, by file and by text. */
export function PaletteFiles({ palette, mayImport, isImported }: PaletteFilesProps) {
	return (
		<>
			{mayImport && <Import isImported={isImported} />}
			<Export palette={palette} />
		</>
	);
}

function Import({ isImported }: { isImported: boolean }) {
	const [text, setText] = useState('');
	const [error, setError] = useState<string | null>(null);
	const file = useRef<HTMLInputElement>(null);
	const errorId = useId();

	function read(content: string, name: string): void {
		try {
			const palette = parsePalette(content);
			setSettings({ palette: { ...palette, name: palette.name || name } });
			setError(null);
			setText('');
			notify('done', `${palette.colors.length} colours imported`);
		} catch (failure) {
			setError(failure instanceof Error ? failure.message : String(failure));
		}
	}

	async function readFile(chosen: File): Promise<void> {
		// Larger than any palette: not read into memory for nothing.
		if (chosen.size > 1 << 20) setError(`${chosen.name} is too large for a palette`);
		else read(await chosen.text(), chosen.name.replace(/\.[^.]*$/, ''));
	}

	return (
		<details className={styles.details} open={error !== null || undefined}>
			<summary>Import a palette</summary>
			<label className={styles.field}>
				Colours as text: hex, or what GIMP writes
				<textarea
					rows={3}
					value={text}
					spellCheck={false}
					aria-invalid={error !== null}
					aria-describedby={error === null ? undefined : errorId}
					placeholder={'#264653\n#e9c46a'}
					onChange={(event) => setText(event.target.value)}
				/>
			</label>
			{error !== null && (
				<p id={errorId} role="alert" className={styles.error}>
					{error}
				</p>
			)}
			<div className={styles.actions}>
				<Button disabled={text.trim() === ''} onClick={() => read(text, 'imported')}>
					Use these
				</Button>
				<Button onClick={() => file.current?.click()}>
					<Upload aria-hidden="true" /> File…
				</Button>
				<input
					ref={file}
					type="file"
					hidden
					accept=".gpl,.hex,.txt,text/plain"
					aria-label="Palette file"
					onChange={(event) => {
						const [chosen] = event.target.files ?? [];
						event.target.value = '';
						if (chosen) void readFile(chosen).catch(notifyError);
					}}
				/>
				{isImported && <Button onClick={() => setSettings({ palette: null })}>Usual palette</Button>}
			</div>
		</details>
	);
}

function Export({ palette }: { palette: Palette }) {
	const name = palette.name || 'palette';
	const copy = () => {
		navigator.clipboard
			.writeText(toHexList(palette))
			.then(() => notify('done', `${palette.colors.length} colours copied`))
			.catch((error) => notifyError(error, copy));
	};
	return (
		<details className={styles.details}>
			<summary>Export this palette</summary>
			<div className={styles.actions}>
				<Button onClick={() => saveFile(`${name}.gpl`, new Blob([toGimp(palette)], { type: 'text/plain' }))}>
					<Download aria-hidden="true" /> GIMP
				</Button>
				<Button onClick={() => saveFile(`${name}.hex`, new Blob([toHexList(palette)], { type: 'text/plain' }))}>
					<Download aria-hidden="true" /> Hex list
				</Button>
				{/* Pages that came by plain http from another machine have no clipboard. */}
				{navigator.clipboard && (
					<Button onClick={copy}>
						<ClipboardCopy aria-hidden="true" /> Copy hex
					</Button>
				)}
			</div>
		</details>
	);
}
