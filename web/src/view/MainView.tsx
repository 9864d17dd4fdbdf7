import { type ReactNode, useMemo } from 'react';
import { useCanvasState } from '../canvas/store';
import { Viewport } from './Viewport';
import { type View, ViewContext } from './view';

/** Makes the view of a page, gives it to the parts around it, and says where it is placed among them. */
export function MainView({ children }: { children(viewport: ReactNode): ReactNode }) {
	const moment = useCanvasState((state) => state.moment);
	const view = useMemo(() => ({}) as View, []);
	return <ViewContext value={view}>{children(<Viewport moment={moment} label="Picture" />)}</ViewContext>;
}
