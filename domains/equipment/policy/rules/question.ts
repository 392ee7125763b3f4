import type { Category } from '../../kinds.ts';
import type { ArticleCode, CategoryRules, PolicyRules } from '../face.ts';
import type { PolicyOption, Trouble } from '../requests-face.ts';
import { articleNumber } from './document.ts';

/** A device as the rules look at it. */
export interface LookedAt {
	id: string;
	tag: string;
	model: string;
	modelId: string | null;
	/** Years since it came into use in the town; 0 when not known. */
	ageYears: number;
	/** Last day with security updates; null: not known. */
	supportedUntil: string | null;
	batteryHealthPercent: number | null;
	/** Bought refurbished or reused. */
	secondHand: boolean;
	need: string | null;
	/** It holds no data of whoever had it before: wiped and verified since, never used, or of a kind that keeps none. */
	dataWiped: boolean;
}

export interface Prices {
	repairCents: number | null;
	batteryCents: number | null;
	reinstallCents: number | null;
	refurbishedCents: number | null;
	newCents: number | null;
	repairDays: number | null;
	poolDays: number | null;
	refurbishedDays: number | null;
	newDays: number | null;
}

export interface Question {
	/** `2026-11-25`. */
	today: string;
	category: Category;
	need: string;
	trouble: Trouble;
	/** The one in use; null: there is none. */
	device: LookedAt | null;
	/** Ready in the pool, of this category. */
	pool: readonly LookedAt[];
	prices: Prices;
}

export type RuledOption = Omit<PolicyOption, 'carbon'>;

export const articleOf = (code: ArticleCode) => ({ number: articleNumber(code), code });

export function addDay(day: string, days: number): string {
	const at = new Date(`${day}T12:00:00Z`);
	at.setUTCDate(at.getUTCDate() + days);
	return at.toISOString().slice(0, 10);
}

/** Whether a device may be given to this need as it is: with updates today, or where none are needed. */
export const isSafe = (rules: PolicyRules, need: string, supportedUntil: string | null, day: string) =>
	rules.safeNeeds.includes(need) || supportedUntil === null || supportedUntil >= day;

/** The least years that it has to serve in the town. */
export const lifetimeOf = (rules: CategoryRules, secondHand: boolean): number =>
	secondHand ? Math.min(rules.refurbishedYears, rules.minimumYears) : rules.minimumYears;
