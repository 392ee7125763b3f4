import { horizonMonths } from '@parvis/device-lifecycle';
import { type Actor, ok, type Result, refuse } from '@parvis/platform';
import { z } from 'zod';
import { type Context, parseInput } from '../context.ts';
import { categories } from '../kinds.ts';
import { maySee } from '../policies.ts';
import type { Budget, PlanLine, Planning, WhatIf } from './face.ts';
import { readFleet } from './fleet.ts';
import { type Bounded, type Neighbour, type Reckoning, readReckoning, replacementOf } from './reckoning.ts';
import { failuresOf } from './rules/failing.ts';
import type { Line } from './rules/outlook.ts';
import { outlooksInThread } from './solver.ts';

const pageSize = 50;
const planYears = 5;
const serving = new Set(['in_use', 'on_loan', 'in_repair']);

interface Planned {
	bounded: Bounded;
	after: number;
	line: PlanLine;
}

interface Plan {
	reckoning: Reckoning;
	planned: Planned[];
	unknownAge: number;
}

const whatIfInput = z.object({
	reinstall: z.boolean('equipment.what_if_invalid').default(false),
	category: z.enum(categories, 'equipment.what_if_invalid').nullish(),
	years: z
		.number('equipment.what_if_invalid')
		.int('equipment.what_if_invalid')
		.min(-3, 'equipment.what_if_invalid')
		.max(5, 'equipment.what_if_invalid'),
});

/** First day of the month that is as many months after a day. */
function monthAfter(day: string, months: number): string {
	const date = new Date(`${day.slice(0, 7)}-01T00:00:00Z`);
	date.setUTCMonth(date.getUTCMonth() + months);
	return date.toISOString().slice(0, 10);
}

function planLine(reckoning: Reckoning, bounded: Bounded): { after: number; line: PlanLine } {
	const { device, age, earliest, latest, why, successor } = bounded;
	const { after, value, soonest } = replacementOf(reckoning, bounded);
	const reason =
		why.latest && after >= latest
			? why.latest
			: why.earliest && after <= earliest
				? why.earliest
				: ('cost' as const);
	return {
		after,
		line: {
			deviceId: device.id,
			tag: device.tag,
			model: device.model,
			category: device.category,
			service: device.service,
			need: device.need,
			simulated: device.simulated,
			ageMonths: age,
			replaceOn:
				after >= horizonMonths ? null : after === 0 ? reckoning.today : monthAfter(reckoning.today, after),
			reason,
			successor,
			keepCents: Math.round(failuresOf(reckoning.held(bounded).running, age, 12).cost),
			successorCents: Math.round(reckoning.chain(device.category, successor).perMonth * 12),
			savingCents: Math.round(soonest - value),
		},
	};
}

async function readPlan(context: Context, neighbour: Neighbour): Promise<Plan> {
	const fleet = (await readFleet(context.db)).filter(({ status }) => serving.has(status));
	const reckoning = await readReckoning(
		context,
		neighbour,
		fleet.map(({ category }) => category),
	);
	const bounded = fleet.map((device) => reckoning.bounded(device));
	const planned = bounded
		.filter((one) => one !== null)
		.map((one) => ({ bounded: one, ...planLine(reckoning, one) }));
	return { reckoning, planned, unknownAge: bounded.length - planned.length };
}

/** Devices of one age and bounds together, by category and successor. */
function linesOf({ reckoning, planned }: Plan, extra = 0, reinstall = false): Line[] {
	const lines = new Map<
		string,
		{ line: Omit<Line, 'groups'>; groups: Map<string, Line['groups'][number]> }
	>();
	const rules = reckoning.policy?.rules;
	for (const { bounded, after } of planned) {
		const { device, successor, age } = bounded;
		const latest = reinstall && bounded.why.latest === 'security' ? horizonMonths : bounded.latest;
		const key = `${device.category}/${successor}`;
		const { groups } =
			lines.get(key) ??
			lines
				.set(key, {
					line: {
						ranges: reckoning.ranges(device.category),
						rules: rules?.categories[device.category],
						graceDays: rules?.securityGraceDays ?? 0,
						successor,
						serves: reckoning.chain(device.category, successor).serves,
						most: reinstall ? horizonMonths : reckoning.most(device.category, successor),
						extra,
					},
					groups: new Map(),
				})
				.get(key) ??
			{};
		const name = `${age}/${after}/${latest}`;
		groups?.set(name, { count: (groups.get(name)?.count ?? 0) + 1, age, after, latest });
	}
	return [...lines.values()].map(({ line, groups }) => ({ ...line, groups: [...groups.values()] }));
}

export function createPlan(
	context: Context,
	neighbour: Neighbour,
): Pick<Planning, 'plan' | 'budget' | 'whatIf'> {
	const options = ({ today }: Reckoning) => ({
		month: Number(today.slice(5, 7)) - 1,
		year: Number(today.slice(0, 4)),
		years: planYears,
	});
	return {
		async plan(actor, query = {}) {
			if (!maySee(actor)) return refuse('platform.not_allowed');
			const { reckoning, planned, unknownAge } = await readPlan(context, neighbour);
			const matching = planned.filter(
				({ line }) =>
					(!query.category || line.category === query.category) &&
					(!query.service || line.service === query.service) &&
					(!query.reason || line.reason === query.reason),
			);
			const yearOf = ({ replaceOn }: PlanLine) => (replaceOn === null ? null : Number(replaceOn.slice(0, 4)));
			const years = new Map<number | null, number>();
			for (const { line } of matching) years.set(yearOf(line), (years.get(yearOf(line)) ?? 0) + 1);
			const shown = matching
				.filter(({ line }) => query.year === undefined || yearOf(line) === query.year)
				.sort(
					(a, b) =>
						a.after - b.after ||
						a.line.savingCents - b.line.savingCents ||
						(a.line.tag < b.line.tag ? -1 : 1),
				);
			const page = Math.max(1, Math.floor(query.page ?? 1));
			return ok({
				items: shown.slice((page - 1) * pageSize, page * pageSize).map(({ line }) => line),
				total: shown.length,
				page,
				pageSize,
				years: [...years]
					.map(([year, devices]) => ({ year, devices }))
					.sort((a, b) => (a.year ?? 9999) - (b.year ?? 9999)),
				services: [...new Set(planned.flatMap(({ line }) => line.service ?? []))].sort((a, b) =>
					a.localeCompare(b, 'fr'),
				),
				unknownAge,
				uncounted: [...reckoning.uncounted],
				policy: reckoning.policy?.number ?? null,
			});
		},

		async budget(actor): Promise<Result<Budget>> {
			if (!maySee(actor)) return refuse('platform.not_allowed');
			const plan = await readPlan(context, neighbour);
			const [outlook] = (await outlooksInThread([linesOf(plan)], options(plan.reckoning))).outlooks;
			if (!outlook) throw new Error('no outlook');
			return ok({ ...outlook, devices: plan.planned.length, policy: plan.reckoning.policy?.number ?? null });
		},

		async whatIf(actor: Actor, input): Promise<Result<WhatIf>> {
			if (!maySee(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(whatIfInput, input);
			if (!parsed.ok) return parsed;
			const { years, reinstall } = parsed.value;
			const category = parsed.value.category ?? null;
			const plan = await readPlan(context, neighbour);
			const concerned = ({ bounded }: Planned) => category === null || bounded.device.category === category;
			const only = { ...plan, planned: plan.planned.filter(concerned) };
			const { outlooks: both, differences } = await outlooksInThread(
				[linesOf(only), linesOf(only, years * 12, reinstall)],
				options(plan.reckoning),
			);
			const [asPlanned, changed] = both;
			const difference = differences[1];
			if (!asPlanned || !changed || !difference) throw new Error('no outlook');
			return ok({
				query: { category, years, reinstall },
				devices: only.planned.length,
				heldBack: only.planned.filter(({ bounded, after }) => after + years * 12 > bounded.latest).length,
				asPlanned,
				changed,
				difference,
				policy: plan.reckoning.policy?.number ?? null,
			});
		},
	};
}
