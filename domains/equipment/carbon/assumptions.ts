import { type Assumptions, exactly } from '@parvis/device-lifecycle';
import { type Actor, changing, newId, ok, type Result, refuse, textInput } from '@parvis/platform';
import { sql } from 'kysely';
import { z } from 'zod';
import { type Context, type Db, parseInput } from '../context.ts';
import { type Category, categories } from '../kinds.ts';
import { mayManage, maySee } from '../policies.ts';
import type { AssumptionLine } from './face.ts';
import {
	type AssumptionName,
	assumptionKinds,
	assumptionNames,
	type Supposed,
	shippedAssumption,
} from './rules/assumptions.ts';

/** What is in force, by name and category. */
export type InForce = (name: AssumptionName, category: Category) => Supposed;

const keyOf = (name: string, category: string | null) => `${name}/${category ?? ''}`;
const kindOf = (name: AssumptionName) => assumptionKinds.find((kind) => kind.name === name);

/** What the town changed, else what ships with Parvis. */
export async function readAssumptions(db: Db): Promise<InForce> {
	const { rows } = await sql<{
		name: string;
		category: string | null;
		low: number;
		mid: number;
		high: number;
		source: string;
		source_url: string | null;
	}>`SELECT DISTINCT ON (name, category) name, category, low, mid, high, source, source_url
		FROM equipment.assumption ORDER BY name, category, recorded_at DESC, id DESC`.execute(db);
	const own = new Map(
		rows.map(({ low, mid, high, source, source_url: url, ...row }): [string, Supposed] => [
			keyOf(row.name, row.category),
			{ range: { low, mid, high }, source, url, chosen: false },
		]),
	);
	return (name, category) =>
		own.get(keyOf(name, kindOf(name)?.byCategory ? category : null)) ?? shippedAssumption(name, category);
}

/**
 * What the engine wants to know of a category.
 * @param electricity kg CO2e of a kWh
 */
export function lifecycleAssumptions(inForce: InForce, category: Category, electricity: number): Assumptions {
	const range = (name: AssumptionName) => inForce(name, category).range;
	return {
		referenceYears: range('referenceYears'),
		secondLifeYears: range('secondLifeYears'),
		refurbishingShare: range('refurbishingShare'),
		newerUsesLess: range('newerUsesLess'),
		rebound: range('rebound'),
		substitution: range('substitution'),
		electricity: exactly(electricity),
	};
}

const input = z
	.object({
		name: z.enum(assumptionNames, 'equipment.assumption_unknown'),
		category: z.enum(categories, 'equipment.assumption_unknown').nullish(),
		low: z.number('equipment.assumption_invalid'),
		mid: z.number('equipment.assumption_invalid'),
		high: z.number('equipment.assumption_invalid'),
		source: textInput(500, 'equipment.assumption_source_missing'),
		url: z
			.url({ protocol: /^https?$/, error: 'equipment.assumption_url' })
			.max(500)
			.nullish(),
	})
	.refine(({ low, mid, high }) => low <= mid && mid <= high, 'equipment.assumption_order');

export function createAssumptions({ db, platform, now }: Context) {
	return {
		async list(actor: Actor): Promise<Result<AssumptionLine[]>> {
			if (!maySee(actor)) return refuse('platform.not_allowed');
			const inForce = await readAssumptions(db);
			const changed = await db
				.selectFrom('equipment.assumption')
				.select(['name', 'category', sql<number>`count(*)::int`.as('count')])
				.groupBy(['name', 'category'])
				.execute();
			return ok(
				assumptionKinds.flatMap((kind) =>
					(kind.byCategory ? categories : [null]).map((category) => ({
						...kind,
						category,
						...inForce(kind.name, category ?? 'other'),
						changes: changed.find((one) => one.name === kind.name && one.category === category)?.count ?? 0,
					})),
				),
			);
		},

		async history(actor: Actor, name: string, category: string | null) {
			if (!maySee(actor)) return refuse('platform.not_allowed');
			const rows = await db
				.selectFrom('equipment.assumption')
				.select(['low', 'mid', 'high', 'source', 'source_url as url', 'recorded_at as recordedAt'])
				.where('name', '=', name)
				.where(sql<boolean>`category IS NOT DISTINCT FROM ${category}`)
				.orderBy('recorded_at', 'desc')
				.orderBy('id', 'desc')
				.limit(50)
				.execute();
			return ok(rows);
		},

		async change(actor: Actor, given: unknown): Promise<Result<null>> {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(input, given);
			if (!parsed.ok) return parsed;
			const { name, category, low, mid, high, source, url } = parsed.value;
			const kind = kindOf(name);
			if (!kind || kind.byCategory !== Boolean(category)) return refuse('equipment.assumption_unknown');
			if (low < kind.min || high > kind.max)
				return refuse('equipment.assumption_bounds', { min: kind.min, max: kind.max });
			return changing(db, async (trx) => {
				await trx
					.insertInto('equipment.assumption')
					.values({
						id: newId(),
						name,
						category: category ?? null,
						low,
						mid,
						high,
						source,
						source_url: url ?? null,
						by_person: actor.kind === 'person' ? actor.id : null,
						recorded_at: now(),
					})
					.execute();
				await platform.audit.record(trx, {
					actor,
					action: 'equipment.assumption.changed',
					subject: `assumption:${name}`,
					detail: { category: category ?? null, low, mid, high },
				});
				// What is claimed follows; the replacement plan is reckoned when it is read.
				if (kind.use === 'carbon') await platform.events.publish(trx, 'equipment.factors.changed', {});
				return ok(null);
			});
		},
	};
}
