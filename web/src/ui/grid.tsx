import type { ComponentProps } from 'react';

// A virtual list places its lines freely; the elements of a table that are placed so are no table for browsers any more.

export function Grid(props: ComponentProps<'div'>) {
	// biome-ignore lint/a11y/useSemanticElements: see above.
	return <div role="grid" tabIndex={0} {...props} />;
}

export function GridRow(props: ComponentProps<'div'>) {
	// biome-ignore lint/a11y/useSemanticElements: see above.
	return <div role="row" tabIndex={-1} {...props} />;
}

export function GridCell(props: ComponentProps<'span'>) {
	// biome-ignore lint/a11y/useSemanticElements: see above.
	return <span role="gridcell" tabIndex={-1} {...props} />;
}
