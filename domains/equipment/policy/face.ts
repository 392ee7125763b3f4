import type { Actor, Result } from '@parvis/platform';
import type { Category, Words } from '../kinds.ts';
import type { Orders } from './orders-face.ts';
import type { Requests } from './requests-face.ts';

export type * from './orders-face.ts';
export type * from './requests-face.ts';

/** What the policy asks for one category of devices. */
export interface CategoryRules {
	/** Least years of use in the town, from the day a device is in use. */
	minimumYears: number;
	/** Least years that a refurbished one serves. */
	refurbishedYears: number;
	/** What is bought is refurbished wherever an offer fits. */
	refurbishedFirst: boolean;
	/** Codes of the needs for which a new one may be bought though refurbished ones exist. */
	newForNeeds: readonly string[];
	/** Repair as long as it costs at most this share of a new one, in percent. */
	repairThresholdPercent: number;
	/** A new battery below this state of health, in percent; null where there is none to replace. */
	batteryBelowPercent: number | null;
	/** Up to this age, years, a slow or unsupported one is given a supported system; 0: it takes no other. */
	reinstallUpToYears: number;
	/** Devices kept ready in the pool, in percent of those in use. */
	sparePoolPercent: number;
}

/** A profile of use, and why it justifies what it does. */
export interface NeedRules {
	code: string;
	label: Words;
	/** Why it exists, in the words of the document. */
	justification: Words;
}

/** The part of a policy that the program executes. */
export interface PolicyRules {
	categories: Partial<Record<Category, CategoryRules>>;
	needs: readonly NeedRules[];
	/** A device without security updates for longer than this is moved to a safe use or leaves. */
	securityGraceDays: number;
	/** Codes of the needs that may go on without security updates: no network, no personal data. */
	safeNeeds: readonly string[];
	/** What the town wants to reach of each year's expense, in percent, beyond what the law asks: by product line. */
	reuseShares: Readonly<Record<string, number>>;
}

export interface PolicyInForce {
	id: string;
	/** 1, 2 … by date of vote. */
	number: number;
	/** Day of the vote; null as long as the council has not voted. */
	votedOn: string | null;
	rules: PolicyRules;
}

/** One article of the document as it is read. */
export interface PolicyArticle {
	/** 1, 2 … */
	number: number;
	/** What it is about, for the rules that point to it; null for an article in the town's own words. */
	code: ArticleCode | null;
	title: string;
	/** In French, as the council votes it; paragraphs and, for lists, lines that begin with `– `. */
	text: string;
}

export type ArticleCode =
	| 'order'
	| 'lifetime'
	| 'repair'
	| 'pool'
	| 'refurbished'
	| 'needs'
	| 'security'
	| 'shares'
	| 'exceptions';

export interface PolicyVersion {
	id: string;
	/** Null for a draft. */
	number: number | null;
	title: string;
	preamble: string;
	/** Articles in the town's own words. */
	ownArticles: readonly { title: string; text: string }[];
	/** All of them, in order: those of the rules, then the town's own. */
	articles: readonly PolicyArticle[];
	rules: PolicyRules;
	votedOn: string | null;
	inForceFrom: string | null;
	/** Day before the next one came into force; null for the last. */
	inForceUntil: string | null;
	deliberation: { number: string; url: string | null } | null;
	simulated: boolean;
	version: number;
	updatedAt: Date;
}

export interface VoteInput {
	votedOn: string;
	inForceFrom: string;
	deliberationNumber: string;
	deliberationUrl?: string | null | undefined;
}

export interface Versions {
	/** Those that were voted, the newest first. For everybody. */
	voted(): Promise<PolicyVersion[]>;
	/** One that was voted, by its number. For everybody. */
	get(number: number): Promise<PolicyVersion | null>;
	/** Drafts too, the newest first. */
	all(actor: Actor): Promise<Result<PolicyVersion[]>>;
	byId(actor: Actor, id: string): Promise<Result<PolicyVersion>>;
	/** A draft that begins as the version in force, or as a usual policy where there is none. */
	draft(actor: Actor): Promise<Result<{ id: string }>>;
	/** Edit a draft. `expectedVersion`: what the editor saw. */
	save(actor: Actor, id: string, expectedVersion: number, input: unknown): Promise<Result<null>>;
	/** What the council voted: from now on nothing is edited. */
	vote(actor: Actor, id: string, input: unknown): Promise<Result<{ number: number }>>;
	discard(actor: Actor, id: string): Promise<Result<null>>;
	/** What a draft changes, in words, against the version in force when it is read; empty where nothing differs. */
	differences(actor: Actor, id: string): Promise<Result<{ against: PolicyVersion | null; changes: Words[] }>>;
}

/** Below the security floor. */
export interface SecurityFinding {
	deviceId: string;
	tag: string;
	model: string;
	category: Category;
	service: string | null;
	need: string | null;
	supportedUntil: string;
	/** Days since its support ended. */
	days: number;
	proposal: 'reinstall' | 'safe_use' | 'leave';
	foundOn: string;
	simulated: boolean;
}

export interface Security {
	/** What the daily job does: find devices whose support ended longer ago than the policy allows. @returns those open */
	look(): Promise<number>;
	list(actor: Actor): Promise<Result<SecurityFinding[]>>;
	/** Do one of the three: `reinstall` gives a day until which its new system is supported. */
	act(actor: Actor, deviceId: string, input: unknown): Promise<Result<null>>;
}

/** The pool of a category against what the policy in force keeps in it. */
export interface SparePool {
	category: Category;
	/** In use or on loan. */
	inService: number;
	/** In stock, and above the security floor. */
	inPool: number;
	/** Of those in service, as the council voted it. */
	askedPercent: number;
	/** The same in devices, rounded up. */
	asked: number;
}

/** What became of retired computing equipment in a year (décret n° 2023-266): devices of at most ten years. */
export interface RetirementShare {
	year: number;
	/** Retired and still there on 1 January: B of article 3. */
	inStock: number;
	/** Those that left in the year, whatever became of them. */
	left: number;
	/** Of these, said to be used again: A of article 3. */
	reuse: number;
	/** Of these, with a signed slip and the word of who took them. */
	provenReuse: number;
	/** A over B; null where nothing was in stock. */
	percent: number | null;
	provenPercent: number | null;
	/** Null before 2023. */
	goalPercent: number | null;
	/** By what is proven; null where there is nothing to compare. */
	reached: boolean | null;
	/** Some of it is the demonstration's. */
	simulated: boolean;
}

/** The policy, requests and decisions, orders and the yearly statement. */
export interface Policy {
	/** What applies on a day, `2026-11-25`; null before the first vote. */
	inForce(day: string): Promise<PolicyInForce | null>;
	versions: Versions;
	requests: Requests;
	orders: Orders;
	/** For everybody: counts only. */
	retirement(year: number): Promise<RetirementShare>;
	/** Categories for which the policy in force keeps a pool; none before the first vote. */
	sparePool(actor: Actor): Promise<Result<SparePool[]>>;
	security: Security;
}
