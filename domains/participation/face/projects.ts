import type { Actor, Result } from '@parvis/platform';
import type { Attachment, Words } from './calls.ts';

export type ProjectStatus = 'candidate' | 'not_selected' | 'selected' | 'started' | 'done' | 'abandoned';

export interface ProjectSummary {
	id: string;
	callId: string;
	callSlug: string;
	number: number;
	/** Its id in the published ballots. */
	code: string;
	title: string;
	excerpt: string;
	/** What the services say of it, in a few words. */
	reviewSummary: string;
	costCents: number;
	envelopeId: string;
	envelope: string;
	category: Words | null;
	district: string | null;
	address: string | null;
	longitude: number | null;
	latitude: number | null;
	status: ProjectStatus;
	/** `YYYY-MM-DD` */
	dueOn: string | null;
	late: boolean;
	photo: Attachment | null;
	url: string;
}

export interface Milestone {
	id: string;
	title: string;
	dueOn: string;
	doneOn: string | null;
	late: boolean;
	note: string;
}

export interface Project extends ProjectSummary {
	body: string;
	yearlyCents: number | null;
	service: string;
	spentCents: number;
	statusText: string;
	doneAt: Date | null;
	placeId: string | null;
	/** Null where it came from none, or from one that is not published. */
	idea: { title: string; url: string; author: string } | null;
	milestones: Milestone[];
	attachments: Attachment[];
}

export interface ProjectQuery {
	callId?: string;
	envelopeId?: string;
	status?: readonly ProjectStatus[];
	categoryId?: string;
	late?: boolean;
	text?: string;
	page?: number;
	pageSize?: number;
}

export interface Projects {
	/** Of published calls; by number. */
	list(
		actor: Actor,
		query?: ProjectQuery,
	): Promise<{ items: ProjectSummary[]; total: number; page: number; pageSize: number }>;
	/** By id, or by number within its call. */
	get(actor: Actor, callId: string, reference: string): Promise<Project | null>;
	/** Put feasible ideas to the vote, before it opens. Title, text, place and cost are taken from idea and verdict. */
	select(actor: Actor, ideaIds: readonly string[]): Promise<Result<{ created: number }>>;
	/** Before the vote opens. */
	create(actor: Actor, callId: string, input: unknown): Promise<Result<{ id: string; number: number }>>;
	/** Words, cost and place before the vote opens; service, due date, place of the town and spending at any time. */
	change(actor: Actor, id: string, input: unknown): Promise<Result<null>>;
	/** Before the vote opens. */
	remove(actor: Actor, id: string): Promise<Result<null>>;
	/** In this order; those without an id are new, those left out are removed. */
	setMilestones(
		actor: Actor,
		id: string,
		milestones: readonly {
			id?: string | undefined;
			title: string;
			/** `YYYY-MM-DD` */
			dueOn: string;
			doneOn?: string | null | undefined;
			note?: string | undefined;
		}[],
	): Promise<Result<null>>;
	start(actor: Actor, id: string): Promise<Result<null>>;
	/** Needs a photo of what was built. */
	finish(actor: Actor, id: string, input: { text: string }): Promise<Result<null>>;
	abandon(actor: Actor, id: string, input: { text: string }): Promise<Result<null>>;
}
