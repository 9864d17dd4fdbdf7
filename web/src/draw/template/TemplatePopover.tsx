import { ImagePlus } from 'lucide-react';
import { useRef, useState } from 'react';
import { useStore } from 'zustand';
import { Button, IconButton } from '../../ui/Button';
import { notifyError } from '../../ui/notices';
import { Popover } from '../../ui/Popover';
import { useDrawing } from '../DrawingContext';
import styles from '../palette/Palette.module.css';
import { useBesideBar } from '../useBesideBar';
import { TemplateFields } from './TemplateFields';
import { useDroppedPicture } from './useDroppedPicture';

/** A picture of one's own to draw after. */
export function TemplatePopover() {
	const { template } = useDrawing();
	const [isOpen, setOpen] = useState(false);
	const name = useStore(template.state, ({ picture }) => picture?.name);
	useDroppedPicture(template);
	const beside = useBesideBar('left');
	const trigger = (
		<IconButton label={name === undefined ? 'Template to draw after' : `Template: ${name}`}>
			<ImagePlus aria-hidden="true" />
		</IconButton>
	);
	return (
		<Popover {...beside} trigger={trigger} title="Template" open={isOpen} onOpenChange={setOpen}>
			<p className={styles.note}>
				A picture over the canvas to draw after. It stays in this browser until you paste it. You can also drop a
				picture on the canvas.
			</p>
			<ChooseFile isFirst={name === undefined} />
			{name !== undefined && <TemplateFields onClose={() => setOpen(false)} />}
		</Popover>
	);
}

function ChooseFile({ isFirst }: { isFirst: boolean }) {
	const { template } = useDrawing();
	const file = useRef<HTMLInputElement>(null);
	return (
		<>
			<Button kind={isFirst ? 'primary' : 'plain'} onClick={() => file.current?.click()}>
				{isFirst ? 'Choose a picture…' : 'Another picture…'}
			</Button>
			<input
				ref={file}
				type="file"
				hidden
				accept="image/*"
				aria-label="Template picture"
				onChange={(event) => {
					const [chosen] = event.target.files ?? [];
					event.target.value = '';
					if (chosen) template.open(chosen).catch(notifyError);
				}}
			/>
		</>
	);
}
