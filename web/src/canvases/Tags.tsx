import { useMutation, useQueryClient } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { versionOf } from '../canvas/moment';
import { usePages } from '../canvas/pages';
import { pictureUrl } from '../canvas/pictures';
import { useCanvasState, useCanvasStore } from '../canvas/store';
import { tagsKey } from '../canvas/tags';
import { data, type TagBody, type TagList, usePixlog } from '../client';
import { Button, IconButton } from '../ui/Button';
import { ErrorText } from '../ui/ErrorText';
import { Field } from '../ui/Field';
import { LoadMore } from '../ui/LoadMore';
import { notify, notifyError } from '../ui/notices';
import { formatCount } from '../ui/numbers';
import { messageOf } from '../ui/remedy';
import { Thumbnail } from '../ui/Thumbnail';
import styles from './Tags.module.css';

const FIT = 96;

/** The versions that somebody named, found by what they look like. */
export function Tags() {
	const name = useCanvasState((state) => state.canvas.name);
	// Of the same beginning as the list of all, so that both are read anew; its pages are kept in another form.
	const key = [...tagsKey(name), 'pages'];
	const tags = usePages<TagList, TagBody>(key, `/api/v1/canvases/${name}/tags?limit=100`, (page) => page.tags);
	const { items, error, retry, hasMore, isLoading, loadMore } = tags;
	return (
		<section aria-labelledby="tags">
			<h2 id="tags">Tags</h2>
			<TagForm known={items ?? []} />
			{error && <ErrorText error={error} retry={retry} />}
			{items?.length === 0 && <p className={styles.none}>A tag keeps the name of a version, to come back to it.</p>}
			<ul className={styles.tags}>
				{items?.map((tag) => (
					<li key={tag.tag}>
						<Tag tag={tag} />
					</li>
				))}
			</ul>
			{hasMore && <LoadMore isLoading={isLoading} load={loadMore} />}
		</section>
	);
}

function Tag({ tag: { tag, version } }: { tag: TagBody }) {
	const store = useCanvasStore();
	const name = useCanvasState((state) => state.canvas.name);
	const isShown = useCanvasState((state) => state.moment.kind === 'version' && state.moment.version === version);
	const { untag } = useTagging();
	return (
		<>
			<button
				type="button"
				className={styles.tag}
				aria-pressed={isShown}
				onClick={() => store.getState().look({ kind: 'version', version })}
			>
				<Thumbnail src={pictureUrl(name, version, FIT)} alt="" />
				<b>{tag}</b>
				<span>{formatCount(version)}</span>
			</button>
			<IconButton
				label={`Remove the tag ${tag}`}
				className={styles.remove}
				onClick={() => untag.mutate({ tag, version })}
			>
				<X />
			</IconButton>
		</>
	);
}

function TagForm({ known }: { known: TagBody[] }) {
	const version = useCanvasState((state) => versionOf(state.moment, state.head));
	const [tag, setTag] = useState('');
	const { tag: adding } = useTagging();
	const other = known.find((one) => one.tag === tag && one.version !== version);
	const submit = (event: FormEvent) => {
		event.preventDefault();
		if (tag !== '') adding.mutate({ tag, version }, { onSuccess: () => setTag('') });
	};
	return (
		<form onSubmit={submit} className={styles.form}>
			<Field
				label={`Tag version ${formatCount(version)}`}
				hint={other && `It names version ${formatCount(other.version)} now, and would be moved.`}
				error={adding.error && messageOf(adding.error)}
			>
				{(control) => (
					<input
						{...control}
						value={tag}
						maxLength={64}
						autoCapitalize="none"
						spellCheck={false}
						placeholder="final-2"
						onChange={(event) => {
							adding.reset();
							setTag(event.target.value);
						}}
					/>
				)}
			</Field>
			<Button type="submit" disabled={tag === '' || adding.isPending}>
				{other ? 'Move' : 'Add'}
			</Button>
		</form>
	);
}

/** Names versions and takes names away, which can be taken back. */
function useTagging() {
	const pixlog = usePixlog();
	const queries = useQueryClient();
	const name = useCanvasState((state) => state.canvas.name);
	const onSuccess = () => void queries.invalidateQueries({ queryKey: tagsKey(name) });
	const at = (tag: string) => ({ path: { name, tag } });
	const tag = useMutation({
		mutationFn: (one: TagBody) =>
			data(
				pixlog.api.PUT('/api/v1/canvases/{name}/tags/{tag}', { params: at(one.tag), body: { version: one.version } }),
			),
		onSuccess,
	});
	const untag = useMutation({
		mutationFn: (one: TagBody) =>
			data(pixlog.api.DELETE('/api/v1/canvases/{name}/tags/{tag}', { params: at(one.tag) })),
		onSuccess: (_, one) => {
			onSuccess();
			notify('done', `The tag ${one.tag} is removed`, { label: 'Put it back', run: () => tag.mutate(one) });
		},
		onError: (error, one) => notifyError(error, () => untag.mutate(one)),
	});
	return { tag, untag };
}
