import type { Actor, Result } from '@parvis/platform';
import type { Category } from '../kinds.ts';
import type { Outlook } from './rules/outlook.ts';

export type { Balance, Outlook, OutlookYear } from './rules/outlook.ts';

/** When one device is best replaced. Money in cents, with carbon at its price within. */
export interface PlanLine {
	deviceId: string;
	tag: string;
	model: string;
	category: Category;
	service: string | null;
	need: string | null;
	simulated: boolean;
	/** Since its first use by anybody. */
	ageMonths: number;
	/** `2029-04-01`; null: not within twenty years. */
	replaceOn: string | null;
	/**
	 * `cost`: from then on keeping costs more. `policy`: it would cost less before, the policy's least years forbid it.
	 * `security`: its support ends, with the policy's delay. `broken`: it serves no more.
	 */
	reason: 'cost' | 'policy' | 'security' | 'broken';
	successor: 'new' | 'refurbished';
	/** What keeping it costs in the next twelve months: electricity, failures. */
	keepCents: number;
	/** What its successor costs a year, purchase shared over its years. */
	successorCents: number;
	/** What waiting until then saves against replacing as soon as the policy allows, in all. */
	savingCents: number;
}

export interface PlanQuery {
	category?: string | undefined;
	service?: string | undefined;
	/** Year in which it is replaced. */
	year?: number | undefined;
	reason?: string | undefined;
	/** From 1. */
	page?: number | undefined;
}

export interface PlanPage {
	items: PlanLine[];
	total: number;
	page: number;
	pageSize: number;
	/** Devices by year of replacement, of all that match but for the year; null: not within twenty years. */
	years: { year: number | null; devices: number }[];
	services: string[];
	/** Devices of which nobody knows how old they are. */
	unknownAge: number;
	/** Categories that are planned without their carbon, for lack of a footprint. */
	uncounted: Category[];
	/** Number of the policy whose least years and security floor hold; null: none was voted. */
	policy: number | null;
}

export interface Budget extends Outlook {
	devices: number;
	policy: number | null;
}

export interface WhatIfQuery {
	/** Null: all. */
	category: Category | null;
	/** Years longer, or shorter where negative; −3 to 5. */
	years: number;
	/** Supposing that a supported system is installed where updates end before: the security floor holds nothing back. */
	reinstall: boolean;
}

export interface WhatIf {
	query: WhatIfQuery;
	/** Devices of the kind, and those of them whose support ends before. */
	devices: number;
	heldBack: number;
	asPlanned: Outlook;
	changed: Outlook;
	/** Changed less planned: negative where it saves. */
	difference: Outlook;
	policy: number | null;
}

export interface ProposedHandover {
	device: { id: string; tag: string; model: string };
	/** Who gets it: the device that they have today. */
	to: { deviceId: string; tag: string; holder: string | null; service: string | null };
	/** Who gives it back; null: from the pool, or just bought. */
	from: { tag: string; holder: string | null; service: string | null } | null;
	/** What it saves in all, handing over paid; cents. */
	savingCents: number;
}

export interface AssignmentProposal {
	handovers: ProposedHandover[];
	people: number;
	free: number;
	/** Against leaving all as it is, and against what an office does by hand; cents, carbon at its price within. */
	savingCents: number;
	beyondGreedyCents: number;
	greedyMoves: number;
	/** No better plan exists; else the best found in time. */
	optimal: boolean;
	seconds: number;
	simulated: boolean;
}

/** When each device is to be replaced, what that costs, and what another policy would change. For whoever may see the inventory. */
export interface Planning {
	plan(actor: Actor, query?: PlanQuery): Promise<Result<PlanPage>>;
	/** This year's rest and the five next. */
	budget(actor: Actor): Promise<Result<Budget>>;
	/** Input: `{ category?, years, reinstall? }`. Refusals: `equipment.what_if_invalid`. */
	whatIf(actor: Actor, input: unknown): Promise<Result<WhatIf>>;
	/** Who gets which of the devices that are free. Input: `{ mostMoves }`, 1 to 500. Refusals: `equipment.moves_invalid`. */
	assignment(actor: Actor, input: unknown): Promise<Result<AssignmentProposal>>;
	/** Age of the fleet for everybody: devices in service by category and whole years, share refurbished. */
	pyramid(): Promise<FleetPyramid>;
}

export interface FleetPyramid {
	/** In service. */
	devices: number;
	refurbished: number;
	/** Mean age, years; null where no age is known. */
	meanYears: number | null;
	/** `years` 0: under a year; 10: ten and more. */
	ages: { years: number; devices: number; refurbished: number }[];
	categories: { category: Category; devices: number; refurbished: number; meanYears: number | null }[];
	/** Some of it is invented. */
	simulated: boolean;
}
