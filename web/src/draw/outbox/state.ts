import type { ApiError } from '../../client';
import type { Entry, EntryInfo, Versions } from './entry';
import type { Send, Sent } from './send';
import type { OutboxStorage } from './storage';
import type { Tabs } from './tabs';

/** `stale`: the server may have forgotten the key, so somebody has to say whether to send it again. */
export type Phase = 'idle' | 'sending' | 'waiting' | 'held' | 'stale';

export interface OutboxState {
	entries: EntryInfo[];
	phase: Phase;
	/** Why it waits or is held. */
	error: ApiError | null;
	/** When it tries again, in milliseconds since 1970. */
	until: number | null;
	/** Whether something was acknowledged since the page was opened. */
	hasSaved: boolean;
}

export interface OutboxListener {
	/** Entries that are waiting now: new ones, or those of an earlier visit or of another tab. */
	added?(entries: Entry[]): void;
	withdrawn?(ids: string[]): void;
	acknowledged?(id: string, made: Versions[], version: number, entry?: Entry, sent?: Sent): void;
	/** `entry` and `error` where this tab sent it. */
	refused?(id: string, entry?: Entry, error?: ApiError): void;
}

export interface OutboxParts {
	storage: OutboxStorage;
	tabs: Tabs;
	/** By whom one is just now. */
	send: Send;
	now?: () => number;
}
