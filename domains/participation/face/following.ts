import type { Actor, Result } from '@parvis/platform';

export type SubjectKind = 'call' | 'idea' | 'project';

export interface Follows {
	set(actor: Actor, subject: { kind: SubjectKind; id: string }, wanted: boolean): Promise<Result<null>>;
	has(actor: Actor, subject: { kind: SubjectKind; id: string }): Promise<boolean>;
	/** Newest first. */
	news(query: {
		callId?: string;
		subject?: { kind: SubjectKind; id: string };
		limit?: number;
	}): Promise<NewsItem[]>;
	preference(actor: Actor): Promise<'daily' | 'weekly' | 'never'>;
	setPreference(actor: Actor, frequency: 'daily' | 'weekly' | 'never'): Promise<Result<null>>;
	/** What the link in a letter does; no sign-in. False when the token is not ours. */
	unsubscribe(token: string): Promise<boolean>;
	/** Write the digests that are due. @returns how many */
	sendDigests(now?: Date): Promise<number>;
}

export interface NewsItem {
	id: string;
	subjectKind: SubjectKind;
	subjectId: string;
	happenedAt: Date;
	title: { fr: string; en: string };
	url: string;
}

export interface MergeProposal {
	id: string;
	kind: 'merge' | 'split';
	target: { id: string; number: number | null; title: string; url: string };
	/** merge: those that would join the target. */
	ideas: { id: string; number: number | null; title: string; url: string; answer: boolean | null }[];
	/** split: what it would become. */
	parts: { title: string; body: string }[];
	reason: string;
	proposedAt: Date;
	proposedByAgent: boolean;
	status: 'open' | 'done' | 'refused' | 'withdrawn';
	settledAt: Date | null;
	/** Whether the one who asks is an author whose answer is awaited. */
	awaitsMe: boolean;
}

export interface Merges {
	/** An agent, or an author of one of the ideas. Authors who propose agree thereby. */
	propose(
		actor: Actor,
		input: { targetId: string; ideaIds: string[]; reason: string },
	): Promise<Result<{ id: string }>>;
	proposeSplit(
		actor: Actor,
		input: { ideaId: string; parts: { title: string; body: string }[]; reason: string },
	): Promise<Result<{ id: string }>>;
	/** When the last author agrees, it is done. One refusal ends it. */
	answer(actor: Actor, id: string, agrees: boolean): Promise<Result<{ status: MergeProposal['status'] }>>;
	withdraw(actor: Actor, id: string): Promise<Result<null>>;
	/** Public: of one idea, or of a call. */
	list(
		actor: Actor,
		query: { ideaId?: string; callId?: string; awaiting?: boolean },
	): Promise<MergeProposal[]>;
}
