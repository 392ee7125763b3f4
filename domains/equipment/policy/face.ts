import type { Category } from '../kinds.ts';

/** What the policy asks for one category of devices. */
export interface CategoryRules {
	/** Least years of use in the town, from the day a device is in use. */
	minimumYears: number;
	/** What is bought is refurbished wherever an offer fits. */
	refurbishedFirst: boolean;
	/** Codes of the needs for which a new one may be bought though refurbished ones exist. */
	newForNeeds: readonly string[];
	/** Repair as long as it costs at most this share of a replacement, in percent. */
	repairThresholdPercent: number;
	/** Devices kept ready in the pool, in percent of those in use. */
	sparePoolPercent: number;
}

/** The part of a policy that the program executes. */
export interface PolicyRules {
	categories: Partial<Record<Category, CategoryRules>>;
	/** A device without security updates for longer than this is moved to a safe use or leaves. */
	securityGraceDays: number;
	/** Codes of the needs that may go on without security updates: no network, no personal data. */
	safeNeeds: readonly string[];
}

export interface PolicyInForce {
	id: string;
	/** 1, 2 … by date of vote. */
	number: number;
	/** Day of the vote; null as long as the council has not voted. */
	votedOn: string | null;
	rules: PolicyRules;
}

/** The policy, requests and decisions, orders and the yearly statement. */
export interface Policy {
	/** What applies on a day, `2026-11-25`; null before the first vote. */
	inForce(day: string): Promise<PolicyInForce | null>;
}
