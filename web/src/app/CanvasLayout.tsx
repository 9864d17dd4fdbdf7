import { useLayoutEffect } from 'react';
import { useCanvasState, useCanvasStore } from '../canvas/store';
import { titleOf } from '../canvas/title';
import { Toolbar } from '../draw/Toolbar';
import { CompareView } from '../time/CompareView';
import { TimeBar } from '../time/TimeBar';
import { HeaderSlot } from '../ui/HeaderSlot';
import { PageTitle } from '../ui/PageTitle';
import { NARROW, useMedia } from '../ui/useMedia';
import styles from './CanvasLayout.module.css';
import { Connection } from './Connection';
import { Panels, PanelsButton } from './Panels';

/** Where the parts of a canvas page are: beside each other, or over the picture where there is little room. */
export function CanvasLayout({ viewport }: { viewport: React.ReactNode }) {
	const store = useCanvasStore();
	const title = useCanvasState((state) => titleOf(state.canvas));
	const isNarrow = useMedia(NARROW);
	const arePanelsShown = useCanvasState((state) => state.arePanelsShown);
	useLayoutEffect(() => store.setState({ arePanelsShown: !isNarrow }), [store, isNarrow]);
	return (
		<main className={styles.page} aria-label={`Canvas ${title}`} data-panels={arePanelsShown || undefined}>
			<HeaderSlot>
				<PageTitle title={title} className={styles.title} />
				<Connection />
				<PanelsButton />
			</HeaderSlot>
			<div className={styles.tools}>
				<Toolbar />
			</div>
			<div className={styles.view}>
				{viewport}
				<CompareView />
			</div>
			<div className={styles.time}>
				<TimeBar />
			</div>
			{arePanelsShown && <Panels />}
		</main>
	);
}
