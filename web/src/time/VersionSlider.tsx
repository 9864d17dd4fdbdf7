import { type KeyboardEvent, type PointerEvent, useMemo, useRef, useState } from 'react';
import { useCanvasState } from '../canvas/store';
import { useTags } from '../canvas/tags';
import { formatCount } from '../ui/numbers';
import { absoluteTime } from '../ui/Time';
import { counted } from '../ui/words';
import { bars, bucketOf } from './activity';
import { Histogram } from './Histogram';
import { fractionOf, snap, versionAfterKey, versionAt } from './scale';
import type { Scrub } from './useScrub';
import { useTimeline } from './useTimeline';
import styles from './VersionSlider.module.css';

/** How near the pointer takes a tag, in CSS pixels. */
const REACH = 5;

interface VersionSliderProps {
	scrub: Scrub;
	/** When the shown version was made, as far as it is known. */
	time: string | undefined;
}

/** All versions from the empty canvas to the head; the chosen one is seen at once. */
export function VersionSlider({ scrub, time }: VersionSliderProps) {
	const track = useRef<HTMLDivElement>(null);
	const liveHead = useCanvasState((state) => state.head);
	const createdAt = useCanvasState((state) => state.canvas.created_at);
	// While it is dragged the scale stands still; otherwise the picture would run away from below the pointer.
	const [heldHead, setHeldHead] = useState<number | null>(null);
	const [hovered, setHovered] = useState<number | null>(null);
	const head = heldHead ?? liveHead;
	const tags = useTags();
	const buckets = useTimeline()?.buckets;
	const activity = useMemo(() => bars(buckets ?? [], createdAt), [buckets, createdAt]);

	const versionUnder = (event: PointerEvent) => {
		const { left = 0, width = 1 } = track.current?.getBoundingClientRect() ?? {};
		const version = versionAt((event.clientX - left) / width, head);
		const marks = tags.map((tag) => tag.version);
		return snap(version, marks, (REACH * head) / width);
	};
	const drag = (event: PointerEvent<HTMLDivElement>) => {
		if (event.button !== 0) return;
		event.currentTarget.setPointerCapture(event.pointerId);
		setHeldHead(liveHead);
		scrub.move(versionUnder(event));
	};
	const drop = () => {
		if (heldHead === null) return;
		setHeldHead(null);
		scrub.end();
	};
	const press = (event: KeyboardEvent) => {
		if (event.ctrlKey || event.metaKey || event.altKey) return;
		const next = versionAfterKey(event.key, scrub.version, head);
		if (next === null) return;
		event.preventDefault();
		scrub.move(next);
	};
	const shownAt = time ? `, ${absoluteTime(time)}` : '';
	return (
		<div
			className={styles.slider}
			role="slider"
			tabIndex={0}
			aria-label="Version"
			aria-valuemin={0}
			aria-valuemax={head}
			aria-valuenow={scrub.version}
			aria-valuetext={`version ${formatCount(scrub.version)} of ${formatCount(head)}${shownAt}`}
			onKeyDown={press}
			onKeyUp={scrub.end}
			onBlur={scrub.end}
			onPointerDown={drag}
			onPointerMove={(event) => {
				setHovered(event.pointerType === 'mouse' ? versionUnder(event) : null);
				if (heldHead !== null) scrub.move(versionUnder(event));
			}}
			onPointerUp={drop}
			onPointerCancel={drop}
			onPointerLeave={() => setHovered(null)}
		>
			<div ref={track} className={styles.track}>
				<Histogram bars={activity} head={head} />
				<div className={styles.past} style={{ width: percent(scrub.version, head) }} />
				{tags.map(({ tag, version }) => (
					<span key={tag} className={styles.tag} style={{ left: percent(version, head) }} title={tag} />
				))}
				<span className={styles.head} />
				<span className={styles.thumb} style={{ left: percent(scrub.version, head) }} />
				{hovered !== null && (
					<span className={styles.tip} style={{ left: percent(hovered, head) }}>
						{describe(hovered)}
					</span>
				)}
			</div>
		</div>
	);

	function describe(version: number): string {
		const bucket = bucketOf(buckets ?? [], version);
		const named = tags.filter((tag) => tag.version === version).map((tag) => tag.tag);
		const about = bucket && `about ${absoluteTime(bucket.time)}, ${counted(bucket.authors, 'author')}`;
		return [...named, `Version ${formatCount(version)}`, about].filter(Boolean).join(' · ');
	}
}

function percent(version: number, head: number): string {
	return `${100 * fractionOf(version, head)}%`;
}
