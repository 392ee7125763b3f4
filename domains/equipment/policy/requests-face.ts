import type { Actor, Result } from '@parvis/platform';
import type { OptionCarbon } from '../carbon/face.ts';
import type { Category, Words } from '../kinds.ts';
import type { ArticleCode, NeedRules } from './face.ts';

export type Trouble = 'none' | 'slow' | 'battery' | 'broken' | 'unsupported' | 'lost' | 'unsuitable';
export type OptionKind = 'keep' | 'pool' | 'refurbished' | 'new';
export type KeepAction = 'repair' | 'battery' | 'reinstall' | 'as_is';
export type DecisionKind = OptionKind | 'nothing';

/** One way to answer a need, and the rule that allows or forbids it. */
export interface PolicyOption {
	kind: OptionKind;
	/** What is done to a device that is kept, in this order. */
	actions: readonly KeepAction[];
	feasible: boolean;
	/** The article of the policy that says so. */
	article: { number: number; code: ArticleCode };
	reason: Words;
	/** Excluding tax; null: no price is known. */
	costCents: number | null;
	/** Days until it can be used; null: not known. */
	delayDays: number | null;
	/** Years that it will serve. */
	serviceYears: number;
	modelId: string | null;
	/** Of the pool, or the one that is kept. */
	device: { id: string; tag: string; model: string } | null;
	/** kg CO2e; null: not known for this category. */
	carbon: OptionCarbon | null;
}

export interface PolicyAnswer {
	policy: { id: string; number: number };
	/** keep, pool, refurbished, new: always the four, in this order. */
	options: readonly PolicyOption[];
	/** The first that the policy allows. */
	best: OptionKind;
	/** What is not certain about it. */
	remarks: readonly Words[];
}

export interface RequestView {
	id: string;
	number: string;
	/** Null once erased, and for those who may not know. */
	asker: string | null;
	mine: boolean;
	category: Category;
	need: NeedRules;
	purpose: string | null;
	trouble: Trouble;
	device: { id: string; tag: string; model: string } | null;
	service: string | null;
	wantedBy: string | null;
	status: 'to_decide' | 'decided' | 'withdrawn';
	answer: PolicyAnswer;
	decision: {
		kind: DecisionKind;
		at: Date;
		by: string | null;
		exception: boolean;
		reason: string | null;
		/** What was given from the pool. */
		device: { id: string; tag: string; model: string } | null;
		order: { id: string; number: string } | null;
	} | null;
	simulated: boolean;
	version: number;
	createdAt: Date;
}

/** What a request form offers. */
export interface RequestChoices {
	needs: readonly NeedRules[];
	categories: readonly Category[];
	/** What the asker holds. */
	devices: readonly { id: string; tag: string; model: string; category: Category }[];
}

/** A year of requests: for the council, without names. */
export interface YearReport {
	year: number;
	requests: number;
	toDecide: number;
	withdrawn: number;
	/** By what was decided. */
	decided: Readonly<Record<DecisionKind, number>>;
	exceptions: number;
	/** Bought new where refurbished was the answer, and the like: proposed, decided, how many. */
	exceptionKinds: readonly { proposed: OptionKind; decided: DecisionKind; count: number }[];
	/** Some of it is the demonstration's. */
	simulated: boolean;
}

export interface ReportedException {
	number: string;
	/** Null: an order, without a request. */
	proposed: OptionKind | null;
	decided: DecisionKind;
	category: Category;
	need: string | null;
	reason: string;
	day: string;
	simulated: boolean;
}

export interface Requests {
	/** Null where no policy is in force. */
	choices(actor: Actor): Promise<Result<RequestChoices | null>>;
	/** What the policy would answer; nothing is kept. */
	preview(actor: Actor, input: unknown): Promise<Result<PolicyAnswer>>;
	create(actor: Actor, input: unknown): Promise<Result<{ id: string; number: string }>>;
	/** One's own; for the IT officer all, those to decide first. */
	list(
		actor: Actor,
		filter?: { status?: string | undefined; page?: number | undefined; pageSize?: number | undefined },
	): Promise<Result<{ items: RequestView[]; total: number }>>;
	get(actor: Actor, number: string): Promise<Result<RequestView>>;
	/** Devices of the pool that may be given, for who decides; the one that the policy chose first. */
	pool(
		actor: Actor,
		number: string,
	): Promise<
		Result<{ id: string; tag: string; model: string; supportedUntil: string | null; dataWiped: boolean }[]>
	>;
	withdraw(actor: Actor, number: string): Promise<Result<null>>;
	/**
	 * As proposed, or an exception with its reason. A device of the pool whose last user's data are not wiped is refused
	 * (`equipment.wipe_missing_in_town`) unless `unwipedReason` says why.
	 */
	decide(actor: Actor, number: string, expectedVersion: number, input: unknown): Promise<Result<null>>;
	/** For everybody. */
	year(year: number): Promise<YearReport>;
	/** Years with a request or an order, the newest first. For everybody. */
	years(): Promise<number[]>;
	exceptions(actor: Actor, year: number): Promise<Result<ReportedException[]>>;
}
