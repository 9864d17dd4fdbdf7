import { type ReactNode, useEffect, useRef } from 'react';

interface PageTitleProps {
	/** What the tab of the browser says. */
	title: string;
	className?: string | undefined;
	children?: ReactNode;
}

/** The page that opens first leaves the focus where browsers put it. */
let isFirst = true;

/** The heading of a page: it names the tab, and takes the focus when one comes from another page. */
export function PageTitle({ title, className, children = title }: PageTitleProps) {
	const heading = useRef<HTMLHeadingElement>(null);
	useEffect(() => {
		document.title = `${title} · pixlog`;
	}, [title]);
	useEffect(() => {
		if (!isFirst) heading.current?.focus({ preventScroll: true });
		isFirst = false;
	}, []);
	return (
		<h1 ref={heading} tabIndex={-1} className={className}>
			{children}
		</h1>
	);
}
