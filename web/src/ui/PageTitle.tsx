import { type ReactNode, useEffect, useRef } from 'react';

interface PageTitleProps {
	/** What the tab of the browser says. */
	title: string;
	className?: string | undefined;
	children?: ReactNode;
}

/** The page that opens first leaves the focus where browsers put it. */
const firstPlace = location.hash;
let hasMoved = false;

/** The heading of a page: it names the tab, and takes the focus when one comes from another page. */
export function PageTitle({ title, className, children = title }: PageTitleProps) {
	const heading = useRef<HTMLHeadingElement>(null);
	useEffect(() => {
		document.title = `${title} · pixlog`;
	}, [title]);
	useEffect(() => {
		hasMoved ||= location.hash !== firstPlace;
		if (hasMoved) heading.current?.focus({ preventScroll: true });
	}, []);
	return (
		<h1 ref={heading} tabIndex={-1} className={className}>
			{children}
		</h1>
	);
}
