import { ImageOff } from 'lucide-react';
import { useEffect, useState } from 'react';
import styles from './Thumbnail.module.css';

interface ThumbnailProps {
	src: string;
	/** Empty where the words beside it say the same. */
	alt: string;
	className?: string | undefined;
}

const RETRIES = 2;
const RETRY_MS = 2000;

/** A small picture of a canvas, loaded when it comes near. One that does not come is asked for again. */
export function Thumbnail(props: ThumbnailProps) {
	return <Picture key={props.src} {...props} />;
}

function Picture({ src, alt, className = '' }: ThumbnailProps) {
	const [failures, setFailures] = useState(0);
	const [attempt, setAttempt] = useState(0);
	const isWaiting = failures > attempt;
	useEffect(() => {
		if (!isWaiting || failures > RETRIES) return;
		const timer = setTimeout(() => setAttempt(failures), RETRY_MS * failures);
		return () => clearTimeout(timer);
	}, [isWaiting, failures]);
	return (
		<span className={`${styles.frame} ${className}`}>
			{isWaiting ? (
				<ImageOff role="img" aria-label={alt || 'The picture did not come'} />
			) : (
				<img
					src={src}
					alt={alt}
					loading="lazy"
					decoding="async"
					draggable={false}
					onError={() => setFailures((count) => count + 1)}
				/>
			)}
		</span>
	);
}
