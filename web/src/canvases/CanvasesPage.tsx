import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Import, Play, Plus } from 'lucide-react';
import { type ChangeEvent, useCallback, useRef, useState } from 'react';
import { useHashLocation } from 'wouter/use-hash-location';
import { data, usePixlog } from '../client';
import { Button } from '../ui/Button';
import { EmptyState } from '../ui/EmptyState';
import { ErrorText } from '../ui/ErrorText';
import { notifyError } from '../ui/notices';
import { PageTitle } from '../ui/PageTitle';
import styles from './CanvasesPage.module.css';
import { CanvasList } from './CanvasList';
import { DropArea } from './DropArea';
import { Imports } from './Imports';
import { ACCEPTED } from './importFile';
import { startImports } from './imports';
import { NewCanvasDialog } from './NewCanvasDialog';
import { useCanvases } from './useCanvases';

/** All canvases, and how one comes by more. */
export function CanvasesPage() {
	const canvases = useCanvases();
	const [isNewOpen, setNewOpen] = useState(false);
	const importFiles = useImporting();
	const isEmpty = canvases.items?.length === 0;
	const actions = <Actions onNew={() => setNewOpen(true)} onFiles={importFiles} isFirst={isEmpty} />;
	return (
		<main className={styles.page} aria-busy={canvases.items === null && !canvases.error}>
			<header className={styles.header}>
				<PageTitle title="Canvases" />
				{!isEmpty && actions}
			</header>
			<Imports onRetry={(file) => importFiles([file])} />
			{canvases.error && <ErrorText error={canvases.error} retry={canvases.retry} />}
			{isEmpty && (
				<EmptyState title="Nothing is drawn yet" actions={actions}>
					A canvas is a picture that keeps every pixel ever drawn on it: draw alone or with others, go back to any
					moment, compare, restore, fork. Make one, drop a picture here, or watch how one fills itself.
				</EmptyState>
			)}
			{canvases.items && !isEmpty && <CanvasList canvases={canvases} />}
			<NewCanvasDialog open={isNewOpen} onOpenChange={setNewOpen} />
			<DropArea onFiles={importFiles} />
		</main>
	);
}

function useImporting(): (files: File[]) => void {
	const pixlog = usePixlog();
	const queries = useQueryClient();
	return useCallback(
		(files) => {
			void startImports(pixlog, files, () => queries.invalidateQueries({ queryKey: ['canvases'] }));
		},
		[pixlog, queries],
	);
}

interface ActionsProps {
	onNew(): void;
	onFiles(files: File[]): void;
	/** Where there is nothing, one is shown what this is. */
	isFirst: boolean;
}

function Actions({ onNew, onFiles, isFirst }: ActionsProps) {
	const chooser = useRef<HTMLInputElement>(null);
	const choose = ({ target }: ChangeEvent<HTMLInputElement>) => {
		onFiles([...(target.files ?? [])]);
		target.value = '';
	};
	return (
		<div className={styles.actions}>
			<Button kind="primary" onClick={onNew}>
				<Plus aria-hidden="true" /> New canvas
			</Button>
			{isFirst && <WatchButton />}
			<Button onClick={() => chooser.current?.click()}>
				<Import aria-hidden="true" /> Import
			</Button>
			<input
				ref={chooser}
				type="file"
				hidden
				multiple
				accept={ACCEPTED}
				aria-label="Pictures or exports"
				onChange={choose}
			/>
		</div>
	);
}

/** By real requests, so that it takes long enough to be watched. */
const WATCHED = { width: 128, height: 128, granular: 5, pixels_per_hop: 1, exchange: 'http' };

function WatchButton() {
	const pixlog = usePixlog();
	const queries = useQueryClient();
	const [, navigate] = useHashLocation();
	const starting = useMutation({
		mutationFn: () => data(pixlog.api.POST('/api/v1/runs', { body: WATCHED })),
		onSuccess: ({ id }) => {
			void queries.invalidateQueries({ queryKey: ['runs'] });
			navigate(`/runs/${id}`);
		},
		onError: (error) => notifyError(error, () => starting.mutate()),
	});
	return (
		<Button onClick={() => starting.mutate()} disabled={starting.isPending}>
			<Play aria-hidden="true" /> Watch a picture fill itself
		</Button>
	);
}
