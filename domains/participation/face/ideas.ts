import type { Actor, Result } from '@parvis/platform';
import type { Attachment, Words } from './calls.ts';

export type IdeaStatus = 'draft' | 'waiting' | 'published' | 'hidden' | 'merged' | 'withdrawn';

export interface IdeaSummary {
	id: string;
	number: number | null;
	callSlug: string;
	status: IdeaStatus;
	title: string;
	/** First words of its text. */
	excerpt: string;
	/** Name of the community or the author; « Un habitant » once the account is erased. */
	author: string;
	category: Words | null;
	envelope: string | null;
	district: string | null;
	longitude: number | null;
	latitude: number | null;
	supportCount: number;
	commentCount: number;
	publishedAt: Date | null;
	verdict: 'feasible' | 'amended' | 'unfeasible' | null;
	photo: Attachment | null;
	/** Path on the site. */
	url: string;
}

export interface Idea extends IdeaSummary {
	callId: string;
	body: string;
	authorId: string | null;
	community: { id: string; name: string; verified: boolean } | null;
	categoryId: string | null;
	envelopeId: string | null;
	address: string | null;
	placeId: string | null;
	attachments: Attachment[];
	revisions: { title: string; body: string; replacedAt: Date }[];
	mergedInto: { number: number | null; title: string; url: string } | null;
	/** Ideas that joined this one, or parts it was split into. */
	joined: { number: number | null; title: string; url: string }[];
	verdictText: string | null;
	verdictAt: Date | null;
	investmentCents: number | null;
	yearlyCents: number | null;
	projectUrl: string | null;
	/** What a moderator decided, for its author and for everybody when it is hidden. */
	moderation: {
		decision: 'published' | 'hidden';
		reason: string | null;
		publicText: string;
		mayAppeal: boolean;
	} | null;
	/** Of the one who asks. */
	mine: { author: boolean; supports: boolean; follows: boolean; mayEdit: boolean; mayWithdraw: boolean };
}

export interface IdeaInput {
	title: string;
	body: string;
	categoryId?: string | null;
	envelopeId?: string | null;
	communityId?: string | null;
	/** A position, or an address of the town that is looked up; the position wins. */
	longitude?: number | null;
	latitude?: number | null;
	address?: string | null;
	placeId?: string | null;
}

export interface IdeaQuery {
	/** Words; French stems, accents aside. */
	text?: string;
	categoryId?: string;
	envelopeId?: string;
	districtId?: string;
	verdict?: 'feasible' | 'amended' | 'unfeasible' | 'none';
	/** `random` draws a fair order that stays the same for a seed. */
	sort?: 'recent' | 'supported' | 'commented' | 'random';
	seed?: string;
	/** From 1. */
	page?: number;
	/** At most 100. Default 24. */
	pageSize?: number;
}

export interface SimilarIdea extends IdeaSummary {
	/** From 0 to 1. */
	likeness: number;
	distanceMeters: number | null;
}

/** What ideas are compared with: words, perhaps a position in degrees, without the idea itself. */
export interface IdeaLikeness {
	title: string;
	body: string;
	longitude?: number | null;
	latitude?: number | null;
	exceptId?: string;
}

export interface Ideas {
	list(
		actor: Actor,
		callId: string,
		query?: IdeaQuery,
	): Promise<{ items: IdeaSummary[]; total: number; page: number; pageSize: number }>;
	/** Everything that has a position, for the map. */
	positions(
		callId: string,
	): Promise<{ id: string; title: string; url: string; longitude: number; latitude: number }[]>;
	/** By id, or by number within its call. Null when there is none or the actor may not see it. */
	get(actor: Actor, callId: string, reference: string): Promise<Idea | null>;
	/** Own ideas of all calls, drafts first. */
	mine(actor: Actor): Promise<IdeaSummary[]>;
	/** Published ideas of the call that say or place the same, most alike first. */
	similar(callId: string, like: IdeaLikeness): Promise<SimilarIdea[]>;
	saveDraft(actor: Actor, callId: string, input: unknown, id?: string): Promise<Result<{ id: string }>>;
	/** Hand it in: published at once, or waiting for a moderator at somebody's first contributions. */
	submit(actor: Actor, id: string): Promise<Result<{ status: 'published' | 'waiting'; url: string }>>;
	/** Change what is handed in, while proposing is open; the former words stay readable. */
	edit(actor: Actor, id: string, input: unknown): Promise<Result<null>>;
	withdraw(actor: Actor, id: string): Promise<Result<null>>;
	support(actor: Actor, id: string, wanted: boolean): Promise<Result<{ supportCount: number }>>;
	report(
		actor: Actor,
		subject: { kind: 'idea' | 'comment'; id: string },
		input: { reason: string; note: string },
	): Promise<Result<null>>;
}

export interface Comment {
	id: string;
	parentId: string | null;
	author: string;
	body: string;
	status: 'waiting' | 'published' | 'hidden' | 'withdrawn';
	createdAt: Date;
	/** The idea it was written under, when it came here by a merge. */
	writtenUnder: { title: string; url: string } | null;
	mine: boolean;
	answers: Comment[];
}

export interface Comments {
	/** Newest threads first; hidden and withdrawn ones keep their place without their words. */
	list(
		actor: Actor,
		ideaId: string,
		query?: { page?: number; pageSize?: number },
	): Promise<{ items: Comment[]; total: number }>;
	write(
		actor: Actor,
		ideaId: string,
		input: { body: string; parentId?: string | null },
	): Promise<Result<{ id: string; status: 'published' | 'waiting' }>>;
	withdraw(actor: Actor, id: string): Promise<Result<null>>;
}

export interface Communities {
	list(
		actor: Actor,
	): Promise<{ id: string; name: string; kind: string; verified: boolean; memberCount: number }[]>;
	mine(actor: Actor): Promise<{ id: string; name: string; verified: boolean }[]>;
	create(
		actor: Actor,
		input: { name: string; kind: string; description: string },
	): Promise<Result<{ id: string }>>;
	/** A member lets another account in, by its address. */
	invite(actor: Actor, id: string, email: string): Promise<Result<null>>;
	verify(actor: Actor, id: string, verified: boolean): Promise<Result<null>>;
}
