import { type Rates, ratesOf } from '@parvis/device-lifecycle';
import type { FootprintPosting } from '@parvis/footprint';
import { sql, type Transaction } from 'kysely';
import type { Catalogue, DeviceFootprint } from '../catalogue/face.ts';
import type { Context } from '../context.ts';
import { townDay } from '../days.ts';
import type { Category } from '../kinds.ts';
import type { DB } from '../tables.ts';
import { type InForce, lifecycleAssumptions, readAssumptions } from './assumptions.ts';
import { readFacts, readIds } from './facts.ts';
import { electricityFactor } from './options.ts';
import {
	dayNumber,
	daysOfYears,
	type Monthly,
	monthlyCredits,
	monthOf,
	yearsOfDays,
} from './rules/months.ts';
import { type PhysicalDevice, physicalDevices } from './rules/objects.ts';
import { wordsOf } from './rules/words.ts';

/** Which facts changed; null: all are looked at again. */
export type Changed = { deviceIds: readonly string[]; itemIds: readonly string[] } | null;

interface Claim extends Monthly {
	object: string;
	category: Category;
	simulated: boolean;
	source: string;
}

/** Devices and items that one transaction looks at. */
const atOnce = 2500;

const micro = (value: number) => Math.round(value * 1e6) / 1e6 + 0;
const keyOf = ({ subject, kind, month }: Pick<Claim, 'subject' | 'kind' | 'month'>) =>
	`equipment/${subject}/${kind}/${month.slice(0, 7)}`;

/**
 * Bring claims and ledger to what the facts say, whatever was said before: months that are over, each claim under a key of its
 * own, differences as correcting entries. Harmless when repeated; the facts may arrive in any order.
 */
export function createClaims(context: Context, catalogue: Pick<Catalogue, 'footprintsOf'>) {
	const { db, footprint, now } = context;
	const cached = new Map<string, Rates>();

	/** Rates by model or category, as long as neither factors nor assumptions change. */
	function createRates(
		footprints: ReadonlyMap<string, DeviceFootprint>,
		inForce: InForce,
		electricity: number,
	) {
		return (category: Category, modelId: string | null) => {
			const found = footprints.get(modelId ?? category);
			if (!found) return null;
			const { manufacture, transport, endOfLife, useKwhPerYear } = found;
			const once = { manufacture, transport, endOfLife, useKwhPerYear };
			const assumptions = lifecycleAssumptions(inForce, category, electricity);
			const key = JSON.stringify([once, assumptions]);
			const rates = cached.get(key) ?? ratesOf(once, assumptions);
			if (cached.size > 2000) cached.clear();
			cached.set(key, rates);
			return { rates, source: sourceOf(found, inForce, category) };
		};
	}

	async function claimsOf(
		devices: readonly PhysicalDevice[],
		electricity: number,
		trx: Transaction<DB>,
	): Promise<Claim[]> {
		const inForce = await readAssumptions(trx);
		const footprints = await catalogue.footprintsOf(
			devices.flatMap(({ subjects }) => subjects),
			trx,
		);
		const ratesFor = createRates(footprints, inForce, electricity);
		const until = dayNumber(monthOf(townDay(now())));
		const claims: Claim[] = [];
		for (const { id, subjects, stays } of devices) {
			if (!stays.length) continue;
			const known = new Map<string, { rates: Rates; source: string }>();
			for (const { subject, category, modelId } of subjects) {
				const rates = ratesFor(category, modelId);
				if (rates) known.set(subject, rates);
			}
			const [first] = subjects;
			if (!first) continue;
			const years = (name: 'referenceYears' | 'secondLifeYears') =>
				daysOfYears(inForce(name, first.category).range.mid);
			const rule = {
				referenceDays: years('referenceYears'),
				secondLifeDays: years('secondLifeYears'),
				until,
			};
			for (const monthly of monthlyCredits(stays, rule, (subject) => known.get(subject)?.rates ?? null)) {
				const of = subjects.find(({ subject }) => subject === monthly.subject);
				if (!of) continue;
				claims.push({
					...monthly,
					carbon: {
						low: micro(monthly.carbon.low),
						mid: micro(monthly.carbon.mid),
						high: micro(monthly.carbon.high),
					},
					object: id,
					category: of.category,
					simulated: of.simulated,
					source: known.get(monthly.subject)?.source ?? '',
				});
			}
		}
		return claims;
	}

	async function recomputeOnce(changed: Changed): Promise<{ claims: number; posted: number }> {
		// Asked before the transaction: the ledger takes a connection of its own for it.
		const electricity = await electricityFactor(context, townDay(now()));
		return db.transaction().execute(async (trx) => {
			// One at a time: what is read as a fact and what is claimed of it belong together.
			await sql`SELECT pg_advisory_xact_lock(hashtextextended('equipment.carbon', 0))`.execute(trx);
			const facts = await readFacts(trx, changed);
			const devices = physicalDevices(facts.devices, facts.items);
			const [claims, before] = [
				await claimsOf(devices, electricity.value, trx),
				await readClaims(
					trx,
					changed ? devices.flatMap(({ subjects }) => subjects.map((one) => one.subject)) : null,
				),
			];
			const standing = new Map(before.map((claim) => [keyOf(claim), claim]));
			const inForce = await readAssumptions(trx);
			const fresh = claims.filter((claim) => !sameClaim(standing.get(keyOf(claim)), claim));
			const keys = new Set(claims.map(keyOf));
			const gone = before.filter((claim) => !keys.has(keyOf(claim)));
			const nothing = { low: 0, mid: 0, high: 0 };
			const posting = (claim: Claim): FootprintPosting => {
				const { baseline, method } = wordsOf(claim.kind, claim.category, (name) =>
					inForce(name, claim.category),
				);
				return {
					key: keyOf(claim),
					day: claim.day,
					service: 'equipment',
					quantity: yearsOfDays(claim.days),
					unit: 'year',
					factor: null,
					carbon: { ...claim.carbon, source: claim.source },
					baseline,
					method,
					simulated: claim.simulated,
				};
			};
			const postings = [
				...gone.map((claim) => posting({ ...claim, days: 0, carbon: nothing })),
				...fresh.map(posting),
			];
			await footprint.post(trx, postings);
			await writeClaims(trx, fresh, gone);
			return { claims: claims.length, posted: postings.length };
		});
	}

	return async function recompute(changed: Changed): Promise<{ claims: number; posted: number }> {
		const about = changed ?? (await readIds(db));
		const count = about.deviceIds.length + about.itemIds.length;
		if (count <= atOnce) return recomputeOnce(changed);
		// Piece by piece, each with facts read anew, so that a large fleet neither fills the memory nor holds the ledger.
		const sum = { claims: 0, posted: 0 };
		const subjects = [
			...about.deviceIds.map((id) => ({ deviceIds: [id], itemIds: [] as string[] })),
			...about.itemIds.map((id) => ({ deviceIds: [] as string[], itemIds: [id] })),
		];
		for (let from = 0; from < subjects.length; from += atOnce) {
			const piece = subjects.slice(from, from + atOnce);
			const { claims, posted } = await recomputeOnce({
				deviceIds: piece.flatMap(({ deviceIds }) => deviceIds),
				itemIds: piece.flatMap(({ itemIds }) => itemIds),
			});
			sum.claims += claims;
			sum.posted += posted;
		}
		return sum;
	};
}

function sameClaim(a: Claim | undefined, b: Claim): boolean {
	return (
		a !== undefined &&
		a.day === b.day &&
		a.days === b.days &&
		a.object === b.object &&
		a.category === b.category &&
		a.simulated === b.simulated &&
		a.source === b.source &&
		a.carbon.low === b.carbon.low &&
		a.carbon.mid === b.carbon.mid &&
		a.carbon.high === b.carbon.high
	);
}

/** What a reader looks up: the first sources of the footprint, and that of refurbishing. */
function sourceOf({ sources }: DeviceFootprint, inForce: InForce, category: Category): string {
	const footprint = sources.slice(0, 2).map(({ label, year }) => `${label}, ${year}`);
	return [
		...footprint,
		inForce('refurbishingShare', category).source.split(' (')[0],
		inForce('referenceYears', category).source,
	]
		.filter((one, at, all) => one && all.indexOf(one) === at)
		.join(' ; ')
		.slice(0, 500);
}

/** @param subjects null: all */
async function readClaims(trx: Transaction<DB>, subjects: readonly string[] | null): Promise<Claim[]> {
	const { rows } = await sql<Omit<Claim, 'carbon'> & { low: number; mid: number; high: number }>`
		SELECT subject, kind, month::text AS month, day::text AS day, object, category, simulated, days,
			low::float8 AS low, mid::float8 AS mid, high::float8 AS high, source
		FROM equipment.carbon_claim ${subjects ? sql`WHERE subject = ANY(${subjects}::text[])` : sql``}
		ORDER BY subject, kind, month`.execute(trx);
	return rows.map(({ low, mid, high, ...claim }) => ({ ...claim, carbon: { low, mid, high } }));
}

async function writeClaims(
	trx: Transaction<DB>,
	fresh: readonly Claim[],
	gone: readonly Claim[],
): Promise<void> {
	if (gone.length)
		await sql`DELETE FROM equipment.carbon_claim USING jsonb_to_recordset(${JSON.stringify(gone)}::jsonb)
				AS gone (subject text, kind text, month date)
			WHERE carbon_claim.subject = gone.subject AND carbon_claim.kind = gone.kind
				AND carbon_claim.month = gone.month`.execute(trx);
	const rows = fresh.map(({ carbon, ...claim }) => ({ ...claim, ...carbon }));
	if (rows.length)
		await sql`INSERT INTO equipment.carbon_claim
				SELECT * FROM jsonb_populate_recordset(NULL::equipment.carbon_claim, ${JSON.stringify(rows)}::jsonb)
			ON CONFLICT (subject, kind, month) DO UPDATE SET day = excluded.day, object = excluded.object,
				category = excluded.category, simulated = excluded.simulated, days = excluded.days,
				low = excluded.low, mid = excluded.mid, high = excluded.high, source = excluded.source`.execute(trx);
}
