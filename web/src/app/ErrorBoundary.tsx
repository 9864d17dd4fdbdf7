import { Component, type ReactNode } from 'react';
import { Failure } from './Failure';

interface ErrorBoundaryProps {
	children: ReactNode;
}

/** What the app itself did wrong takes its page away, not the app: what was drawn is safe on the server. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, { error: Error | null }> {
	override state = { error: null };

	static getDerivedStateFromError(thrown: unknown) {
		return { error: thrown instanceof Error ? thrown : new Error(String(thrown)) };
	}

	override render() {
		const { error } = this.state;
		if (error) return <Failure error={error} retry={() => this.setState({ error: null })} />;
		return this.props.children;
	}
}
