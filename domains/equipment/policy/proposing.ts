import { sql } from 'kysely';
import type { Carbon } from '../carbon/face.ts';
import type { Context, Db } from '../context.ts';
import { daysBetween, today } from '../days.ts';
import type { Category } from '../kinds.ts';
import { holdsData } from '../wiping/rules/techniques.ts';
import type { PolicyAnswer, PolicyInForce, Trouble } from './face.ts';
import { readOffers } from './offers.ts';
import { answer } from './rules/answer.ts';
import type { LookedAt, Prices } from './rules/question.ts';

interface DeviceRow {
	id: string;
	tag: string;
	model: string;
	model_id: string;
	category: Category;
	in_use_on: string | null;
	bought_on: string | null;
	supported_until: string | null;
	battery_health_percent: number | null;
	acquired: 'new' | 'refurbished' | 'reused';
	need: string | null;
	cleared: boolean;
	new_price_cents: number | null;
	refurbished_price_cents: number | null;
}

const daysPerYear = 365.25;

const lookAt = (row: DeviceRow, day: string): LookedAt => {
	const since = row.in_use_on ?? row.bought_on;
	return {
		id: row.id,
		tag: row.tag,
		model: row.model,
		modelId: row.model_id,
		ageYears: since ? Math.max(0, daysBetween(since, day) / daysPerYear) : 0,
		supportedUntil: row.supported_until,
		batteryHealthPercent: row.battery_health_percent,
		secondHand: row.acquired !== 'new',
		need: row.need,
		dataWiped: row.cleared || holdsData(row.category) === 'no',
	};
};

const readDevices = (db: Db, where: ReturnType<typeof sql>) =>
	sql<DeviceRow>`SELECT device.id, device.tag, concat(model.manufacturer, ' ', model.name) AS model, device.model_id,
			model.category, device.in_use_on, device.bought_on, device.battery_health_percent, device.acquired, device.need,
			coalesce(device.supported_until, model.supported_until) AS supported_until,
			equipment.last_use(device.id) IS NULL OR equipment.is_wiped(NULL, device.id, false) AS cleared,
			model.new_price_cents, model.refurbished_price_cents
		FROM equipment.device JOIN equipment.model ON model.id = device.model_id ${where}`.execute(db);

/** What waits in stock of one category, as the rules look at it. */
export async function readPool(db: Db, category: Category, day: string): Promise<LookedAt[]> {
	const { rows } = await readDevices(
		db,
		sql`WHERE device.status = 'in_stock' AND model.category = ${category}
			AND coalesce(device.condition, 'good') NOT IN ('damaged', 'broken') ORDER BY device.tag LIMIT 200`,
	);
	return rows.map((row) => lookAt(row, day));
}

const nothingKnown: Prices = {
	repairCents: null,
	batteryCents: null,
	reinstallCents: null,
	refurbishedCents: null,
	newCents: null,
	repairDays: null,
	poolDays: null,
	refurbishedDays: null,
	newDays: null,
};

/**
 * What the policy answers, from the facts of the day: the device, the pool, prices (the model's own before those of its
 * category) and the carbon of each way.
 */
export async function propose(
	context: Context,
	carbon: Pick<Carbon, 'ofOption'>,
	policy: PolicyInForce,
	need: { category: Category; need: string; trouble: Trouble; deviceId: string | null },
): Promise<PolicyAnswer> {
	const { db } = context;
	const own = policy.rules.categories[need.category];
	if (!own) throw new Error(`the policy has no rules for ${need.category}`);
	const day = today(context);
	const [devices, pool, offers] = await Promise.all([
		need.deviceId ? readDevices(db, sql`WHERE device.id = ${need.deviceId}`) : null,
		readPool(db, need.category, day),
		readOffers(db),
	]);
	const row = devices?.rows[0];
	const {
		category: _c,
		source: _s,
		simulated: _d,
		...prices
	} = offers.find(({ category }) => category === need.category) ?? {
		...nothingKnown,
		category: need.category,
		source: '',
		simulated: false,
	};
	const { options, best, remarks } = answer(policy.rules, own, {
		today: day,
		category: need.category,
		need: need.need,
		trouble: need.trouble,
		device: row ? lookAt(row, day) : null,
		pool,
		prices: {
			...prices,
			newCents: row?.new_price_cents ?? prices.newCents,
			refurbishedCents: row?.refurbished_price_cents ?? prices.refurbishedCents,
		},
	});
	return {
		policy: { id: policy.id, number: policy.number },
		best,
		remarks,
		options: await Promise.all(
			options.map(async (option) => ({
				...option,
				carbon: option.serviceYears
					? await carbon.ofOption({
							kind: option.kind,
							category: need.category,
							modelId: option.modelId,
							serviceYears: option.serviceYears,
						})
					: null,
			})),
		),
	};
}
