import { useCanvasState } from '../canvas/store';
import { LiveMark } from '../ui/LiveMark';

/** Whether the changes of the canvas come in as they are made. */
export function Connection() {
	const connection = useCanvasState((state) => state.connection);
	const refusal = useCanvasState((state) => state.refusal);
	return <LiveMark state={refusal ? 'ended' : connection} reason={refusal?.message} />;
}
