import type { Actor, Result } from '@parvis/platform';
import type { Idea } from './ideas.ts';

export interface Review {
	id: string;
	ideaId: string;
	service: string;
	reviewerId: string | null;
	reviewer: string | null;
	assignedAt: Date;
	/** `YYYY-MM-DD` */
	dueOn: string | null;
	late: boolean;
	feasible: 'yes' | 'changed' | 'no' | null;
	investmentCents: number | null;
	yearlyCents: number | null;
	how: string;
	timing: string;
	privateNote: string;
	answeredAt: Date | null;
}

export interface BoardRow {
	ideaId: string;
	number: number;
	title: string;
	url: string;
	category: string | null;
	district: string | null;
	supportCount: number;
	verdict: Idea['verdict'];
	reviews: Pick<Review, 'id' | 'service' | 'reviewer' | 'dueOn' | 'late' | 'feasible' | 'investmentCents'>[];
	/** unassigned, asked, answered (the verdict is owed), concluded, appealed */
	state: 'unassigned' | 'asked' | 'answered' | 'concluded' | 'appealed';
	projectNumber: number | null;
}

export interface BoardQuery {
	text?: string;
	service?: string;
	state?: BoardRow['state'];
	mine?: boolean;
	late?: boolean;
	categoryId?: string;
	page?: number;
	pageSize?: number;
}

export interface Reviews {
	board(
		actor: Actor,
		callId: string,
		query?: BoardQuery,
	): Promise<
		Result<{
			items: BoardRow[];
			total: number;
			page: number;
			pageSize: number;
			services: string[];
			states: Record<string, number>;
		}>
	>;
	of(actor: Actor, ideaId: string): Promise<Result<Review[]>>;
	/** Whom an opinion may be asked of in person. */
	reviewers(actor: Actor): Promise<Result<{ id: string; name: string }[]>>;
	assign(
		actor: Actor,
		ideaIds: readonly string[],
		input: { service: string; reviewerId?: string | null; dueOn?: string | null },
	): Promise<Result<{ assigned: number }>>;
	unassign(actor: Actor, reviewId: string): Promise<Result<null>>;
	answer(actor: Actor, reviewId: string, input: unknown): Promise<Result<null>>;
	/** The town's answer to the author, in plain words; goes out by mail and shows on the idea. */
	conclude(actor: Actor, ideaId: string, input: unknown): Promise<Result<null>>;
	/** The author of an unfeasible idea, once, with or without an amended text. */
	appeal(actor: Actor, ideaId: string, text: string): Promise<Result<null>>;
	/** For the author and the services. */
	appealOf(
		actor: Actor,
		ideaId: string,
	): Promise<{ text: string; outcome: 'upheld' | 'reopened' | null; answer: string | null } | null>;
	settleAppeal(
		actor: Actor,
		ideaId: string,
		input: { outcome: 'upheld' | 'reopened'; answer: string },
	): Promise<Result<null>>;
	exportCsv(actor: Actor, callId: string): Promise<Result<string>>;
	/** Lines of `number;service;reviewer;due;feasible;investment;yearly;how;timing`: all of them or none. */
	importCsv(
		actor: Actor,
		callId: string,
		text: string,
	): Promise<Result<{ changed: number; faults: { line: number; error: string }[] }>>;
	/** Letters to who owes an answer within three days or late. @returns how many */
	remind(now?: Date): Promise<number>;
}
