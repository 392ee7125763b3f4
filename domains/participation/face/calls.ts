import type { Readable } from 'node:stream';
import type { Actor, Result } from '@parvis/platform';

/** A text in French, and in English where the town gives it. */
export interface Words {
	fr: string;
	en: string | null;
}

export const callKinds = ['ideas', 'budget', 'consultation', 'survey'] as const;

export type CallKind = (typeof callKinds)[number];

export const phaseKinds = ['proposing', 'answering', 'reviewing', 'voting', 'executing'] as const;

export type PhaseKind = (typeof phaseKinds)[number];

export interface Phase {
	kind: PhaseKind;
	startsAt: Date;
	/** Null: no end is known (building what was retained). */
	endsAt: Date | null;
	state: 'coming' | 'open' | 'over';
}

export interface Envelope {
	id: string;
	/** Null: the whole town. */
	districtId: string | null;
	name: string;
	budgetCents: number;
}

export interface Category {
	id: string;
	name: Words;
}

export const proofKinds = ['email', 'sms', 'letter', 'franceconnect', 'document'] as const;

export type ProofKind = (typeof proofKinds)[number];

/** Who may take part: what is said to people, and what shows it. */
export interface Eligibility {
	/** Who may propose, support and comment: everybody with an account; the words say whom the call is for. */
	who: Words;
	/** Youngest voters, in years at the day of the vote. */
	leastAge: number;
	/** Any one of these opens the vote. */
	proofs: readonly ProofKind[];
}

/** How people vote and how it is counted; frozen once the vote has opened. See ballot-rules.ts. */
export interface BallotRules {
	/** `knapsack`: as many as the envelope pays for. */
	ballotType: 'approval' | 'choose-1' | 'cumulative' | 'ordinal' | 'knapsack';
	leastChoices: number;
	mostChoices: number | null;
	/** Points to give in all; cumulative only. */
	points: number | null;
	/** A voter votes in every envelope, or in one that they choose. */
	envelopes: 'all' | 'one';
	counting: 'greedy' | 'greedy-no-skip' | 'equal-shares' | 'equal-shares-exhaustive' | 'phragmen';
	/** Who votes on the web and on paper: which ballot counts. */
	clash: 'paper' | 'web';
	/** Each paper ballot is entered by two agents. */
	doubleEntry: boolean;
	/** For ties that costs and votes leave open; published with the rules. */
	lotSeed: string;
}

export interface CallSummary {
	id: string;
	slug: string;
	kind: CallKind;
	status: 'draft' | 'published' | 'archived';
	title: Words;
	summary: Words;
	phases: Phase[];
	/** The open phase, null between phases, before the first and after the last. */
	current: PhaseKind | null;
	budgetCents: number;
	ideaCount: number;
	projectCount: number;
	/** Of a past election brought in from a file. */
	source: string | null;
}

export interface Call extends CallSummary {
	body: Words;
	envelopes: Envelope[];
	categories: Category[];
	eligibility: Eligibility;
	ballotRules: BallotRules | null;
	questions: Question[];
	hasResult: boolean;
}

export interface CallInput {
	kind: CallKind;
	title: Words;
	summary: Words;
	body: Words;
	phases: { kind: PhaseKind; startsAt: Date; endsAt: Date | null }[];
	envelopes: { id?: string | undefined; districtId: string | null; name: string; budgetCents: number }[];
	categories: { id?: string | undefined; name: Words }[];
	eligibility: Eligibility;
	ballotRules: BallotRules | null;
	questions: (Omit<Question, 'id'> & { id?: string | undefined })[];
}

export interface Calls {
	/** Published ones, the open first; drafts and archived too for who may manage. */
	list(actor: Actor, query?: { kind?: CallKind; limit?: number }): Promise<CallSummary[]>;
	/** By slug or id; null for a draft and who may not manage. */
	get(actor: Actor, reference: string): Promise<Call | null>;
	create(actor: Actor, input: unknown): Promise<Result<{ id: string; slug: string }>>;
	change(actor: Actor, id: string, input: unknown): Promise<Result<null>>;
	publish(actor: Actor, id: string): Promise<Result<null>>;
	archive(actor: Actor, id: string): Promise<Result<null>>;
}

export interface Question {
	id: string;
	kind: 'single' | 'multiple' | 'scale' | 'text';
	label: Words;
	required: boolean;
	choices: Words[];
}

/** By question id: index of the choice, indexes, 1 to 5, or a text. */
export type Answers = Record<string, number | number[] | string>;

export interface Questionnaires {
	mine(actor: Actor, callId: string): Promise<Answers | null>;
	answer(actor: Actor, callId: string, answers: unknown): Promise<Result<null>>;
	/** Counts once the phase is over, for everybody; meanwhile for who manages. Texts for who manages only. */
	results(actor: Actor, callId: string): Promise<Result<QuestionResult[]>>;
}

export interface QuestionResult {
	question: Question;
	answered: number;
	/** One for each choice; for a scale 1 to 5. */
	counts: number[];
	texts: string[];
}

export interface Attachment {
	id: string;
	contentType: 'image/webp' | 'application/pdf';
	name: string;
	/** What a photo shows. */
	description: string;
	sizeBytes: number;
	width: number | null;
	height: number | null;
	/** Path on the site. */
	url: string;
}

export interface Attachments {
	/**
	 * Keep a photo or PDF: its type is read from its content, photos are turned into WebP without metadata, at most
	 * 1,600 pixels wide. Of an idea for its author, of a project for agents.
	 */
	add(
		actor: Actor,
		subject: { kind: 'idea' | 'project'; id: string },
		file: { name: string; content: Uint8Array; description: string },
	): Promise<Result<Attachment>>;
	remove(actor: Actor, id: string): Promise<Result<null>>;
	list(subject: { kind: 'idea' | 'project'; id: string }): Promise<Attachment[]>;
	/** Null when there is none or the actor may not see its subject. */
	open(actor: Actor, id: string): Promise<{ attachment: Attachment; content: Readable } | null>;
}
