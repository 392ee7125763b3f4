import type { Actor, Result } from '@parvis/platform';

export interface ModerationCase {
	kind: 'idea' | 'comment';
	id: string;
	callSlug: string;
	title: string;
	body: string;
	author: string;
	url: string;
	/** Why it is here: first contribution, reports, an appeal. */
	cause: 'waiting' | 'reported' | 'appealed';
	reports: { reason: string; note: string; at: Date }[];
	appeal: string | null;
	since: Date;
	/** After this it is late: 48 hours for what waits and reports, 7 days for appeals. */
	dueAt: Date;
}

export interface Moderation {
	queue(actor: Actor): Promise<Result<ModerationCase[]>>;
	/** Hiding needs a reason, and words for everybody. */
	decide(
		actor: Actor,
		subject: { kind: 'idea' | 'comment'; id: string },
		input: { decision: 'published' | 'hidden'; reason?: string | null; publicText: string },
	): Promise<Result<null>>;
	/** The author answers, once, within 30 days. */
	appeal(
		actor: Actor,
		subject: { kind: 'idea' | 'comment'; id: string },
		text: string,
	): Promise<Result<null>>;
	decideAppeal(
		actor: Actor,
		subject: { kind: 'idea' | 'comment'; id: string },
		input: { outcome: 'upheld' | 'overturned'; answer: string },
	): Promise<Result<null>>;
	/** Public log of a call. */
	log(
		callId: string,
		limit?: number,
	): Promise<
		{
			kind: 'idea' | 'comment';
			decision: string;
			reason: string | null;
			publicText: string;
			decidedAt: Date;
			appealOutcome: string | null;
		}[]
	>;
	waiting(actor: Actor): Promise<number>;
}
