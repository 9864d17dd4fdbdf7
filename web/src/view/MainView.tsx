import { type ReactNode, useEffect, useMemo } from 'react';
import { useCanvasStore } from '../canvas/store';
import { MainViewport } from './MainViewport';
import { useEngine } from './useEngine';
import { ViewContext } from './view';

/** Makes the view of a page, gives it to the parts around it, and says where it is placed among them. */
export function MainView({ children }: { children(viewport: ReactNode): ReactNode }) {
	const store = useCanvasStore();
	const engine = useEngine();
	useEffect(() => {
		// Not by rendering: who changes the moment may wait for it to be settled in the same breath.
		engine.look(store.getState().moment);
		return store.subscribe(({ moment }, before) => {
			if (moment !== before.moment) engine.look(moment);
		});
	}, [engine, store]);
	const viewport = useMemo(() => <MainViewport engine={engine} />, [engine]);
	return <ViewContext value={engine}>{children(viewport)}</ViewContext>;
}
