import { newId, type Result, system } from '@parvis/platform';
import { sql } from 'kysely';
import type { Carbon } from '../carbon/face.ts';
import type { Context } from '../context.ts';
import { addDays, today, townDay } from '../days.ts';
import type { Category } from '../kinds.ts';
import { type DemoRequest, demoOrders, demoPrices, demoRequests } from './demo-content.ts';
import type { DecisionKind, PolicyInForce } from './face.ts';
import { nextNumber, type Trx } from './numbers.ts';
import { propose } from './proposing.ts';
import { lineOf } from './rules/obligations.ts';
import { standardRules } from './rules/standard.ts';
import { createVersions, readInForce } from './versions.ts';

function value<T>(result: Result<T>): T {
	if (!result.ok) throw new Error(`the demonstration was refused: ${result.error}`);
	return result.value;
}

/** The same option is reckoned once. */
function remembered(ofOption: Carbon['ofOption']): Carbon['ofOption'] {
	const known = new Map<string, ReturnType<Carbon['ofOption']>>();
	return (option) => {
		const key = JSON.stringify(option);
		const found = known.get(key) ?? ofOption(option);
		known.set(key, found);
		return found;
	};
}

const atNoon = (day: string) => new Date(`${day}T11:00:00Z`);

/**
 * Give the demonstration a policy in two versions, two years of requests and three of orders, all marked as invented.
 * Nothing happens where there is a policy already.
 * @throws outside a demonstration
 */
export async function fillDemo(
	context: Context,
	carbon: Pick<Carbon, 'ofOption'>,
	look: () => Promise<number>,
): Promise<void> {
	if (!context.platform.config.demo) throw new Error('a demonstration only');
	const known = await context.db.selectFrom('equipment.policy_version').select('id').limit(1).execute();
	if (known.length) return;
	await fillPolicies(context);
	await fillPrices(context);
	const policy = await readInForce(context, today(context));
	if (policy) await fillRequests(context, carbon, policy);
	await fillOrders(context);
	await context.db
		.insertInto('equipment.buyer')
		// A number that nobody has.
		.values({ siret: '00000000000000', name: `${(await context.town.settings.get()).name} (démonstration)` })
		.onConflict((conflict) => conflict.doNothing())
		.execute();
	await look();
}

/** A first version three years ago, less strict, and the one in force. */
async function fillPolicies(context: Context): Promise<void> {
	const clock = { now: context.now() };
	const versions = createVersions({ ...context, now: () => clock.now });
	const day = today(context);
	const year = Number(day.slice(0, 4));
	const laptop = standardRules.categories.laptop;
	const earlier = {
		...standardRules,
		categories: {
			...standardRules.categories,
			...(laptop && {
				laptop: { ...laptop, minimumYears: 5, repairThresholdPercent: 30, reinstallUpToYears: 6 },
			}),
		},
		securityGraceDays: 180,
		reuseShares: {},
	};
	for (const { votedOn, inForceFrom, deliberation, rules, training } of [
		{
			votedOn: `${year - 3}-06-19`,
			inForceFrom: `${year - 3}-09-01`,
			deliberation: `${year - 3}-064`,
			rules: earlier,
			training: false,
		},
		{
			votedOn: addDays(day, -245),
			inForceFrom: addDays(day, -215),
			deliberation: `${addDays(day, -245).slice(0, 4)}-031`,
			rules: standardRules,
			training: true,
		},
	]) {
		clock.now = atNoon(votedOn);
		const { id } = value(await versions.draft(system));
		const { title, preamble } = value(await versions.byId(system, id));
		value(
			await versions.save(system, id, 1, {
				title,
				preamble,
				rules,
				ownArticles: training
					? [
							{
								title: 'Accompagner les agents',
								text: 'Chaque agent qui reçoit un terminal reconditionné ou réinstallé est accompagné à sa prise en main. Le service informatique tient une permanence par semaine.',
							},
						]
					: [],
			}),
		);
		await context.db
			.updateTable('equipment.policy_version')
			.set({ simulated: true })
			.where('id', '=', id)
			.execute();
		value(await versions.vote(system, id, { votedOn, inForceFrom, deliberationNumber: deliberation }));
	}
}

async function fillPrices(context: Context): Promise<void> {
	const cents = (euros: number | null | undefined) =>
		euros === null || euros === undefined ? null : euros * 100;
	await context.db
		.insertInto('equipment.offer')
		.values(
			Object.entries(demoPrices).map(([category, [repair, battery, reinstall, refurbished, fresh]]) => ({
				category,
				repair_cents: cents(repair),
				battery_cents: cents(battery),
				reinstall_cents: cents(reinstall),
				refurbished_cents: cents(refurbished),
				new_cents: cents(fresh),
				repair_days: 7,
				pool_days: 2,
				refurbished_days: 12,
				new_days: 25,
				source: 'Prix inventés pour la démonstration',
				simulated: true,
				updated_at: context.now(),
			})),
		)
		.onConflict((conflict) => conflict.doNothing())
		.execute();
}

/** Needs of the agents who have an account, about devices of the fleet where there is one that fits. */
async function fillRequests(
	real: Context,
	carbon: Pick<Carbon, 'ofOption'>,
	policy: PolicyInForce,
): Promise<void> {
	const { identity, db } = real;
	const [agents, managers] = await Promise.all([
		identity.people.holdersOf('equipment:agent'),
		identity.people.holdersOf('equipment:manager'),
	]);
	const { rows: devices } = await sql<{ id: string; category: Category; service: string | null }>`
		SELECT device.id, model.category, device.service FROM (
			SELECT device.id, device.service, device.model_id,
				row_number() OVER (PARTITION BY model.category ORDER BY device.tag) AS rank
			FROM equipment.device JOIN equipment.model ON model.id = device.model_id
			WHERE device.status = 'in_use' AND device.holder_id IS NOT NULL
		) device JOIN equipment.model ON model.id = device.model_id WHERE rank <= 10 ORDER BY model.category, rank`.execute(
		db,
	);
	const ofOption = remembered(carbon.ofOption);
	const used = new Set<string>();
	const asked: { request: DemoRequest; at: Date; row: Record<string, unknown> }[] = [];
	for (const [n, request] of demoRequests.entries()) {
		const at = atNoon(addDays(townDay(real.now()), -request.daysAgo));
		const context: Context = { ...real, now: () => at };
		const device =
			request.trouble === 'none'
				? null
				: (devices.find(({ id, category }) => category === request.category && !used.has(id)) ?? null);
		if (device) used.add(device.id);
		const trouble = device ? request.trouble : 'none';
		const answer = await propose(context, { ofOption }, policy, {
			category: request.category,
			need: request.need,
			trouble,
			deviceId: device?.id ?? null,
		});
		const { decided } = request;
		const decision: DecisionKind | null =
			decided === 'as_proposed'
				? answer.best
				: decided === null || decided === 'withdrawn'
					? null
					: decided.decision;
		const isDecided = decision !== null;
		const own = decided !== null && typeof decided === 'object' ? decided : null;
		asked.push({
			request,
			at,
			row: {
				id: newId(),
				asker_id: agents[n % Math.max(1, agents.length)]?.id ?? null,
				category: request.category,
				need: request.need,
				purpose: request.purpose,
				trouble,
				device_id: device?.id ?? null,
				service: device?.service ?? null,
				wanted_by: null,
				status: isDecided ? 'decided' : decided === 'withdrawn' ? 'withdrawn' : 'to_decide',
				policy_id: policy.id,
				answer: JSON.stringify(answer),
				decision,
				decided_at: isDecided
					? new Date(Math.min(at.getTime() + 3 * 86_400_000, real.now().getTime()))
					: null,
				decided_by: isDecided ? (managers[0]?.id ?? null) : null,
				exception: isDecided && decision !== answer.best,
				reason: own?.reason ?? null,
				simulated: true,
				created_at: at,
			},
		});
	}
	await db.transaction().execute(async (trx) => {
		for (const { at, row } of asked) {
			const number = await nextNumber(trx, 'D', Number(townDay(at).slice(0, 4)));
			await trx
				.insertInto('equipment.need_request')
				.values({ ...row, number } as never)
				.execute();
		}
	});
}

async function fillOrders(context: Context): Promise<void> {
	const day = today(context);
	const year = Number(day.slice(0, 4));
	const models = await context.db
		.selectFrom('equipment.model')
		.select(['id', 'category'])
		.orderBy('manufacturer')
		.orderBy('name')
		.execute();
	const modelOf = (category: Category) => models.find((model) => model.category === category)?.id ?? null;
	await context.db.transaction().execute(async (trx: Trx) => {
		for (const order of demoOrders) {
			const wanted = `${year - order.yearsAgo}-${order.day}`;
			// Early in January this year has no orders yet.
			if (wanted > day) continue;
			const id = newId();
			await trx
				.insertInto('equipment.purchase_order')
				.values({
					id,
					number: await nextNumber(trx, 'C', Number(wanted.slice(0, 4))),
					supplier: order.supplier,
					status: 'received',
					ordered_on: wanted,
					received_on: [addDays(wanted, 12), day].sort()[0] ?? day,
					simulated: true,
					created_at: atNoon(wanted),
					updated_at: atNoon(wanted),
				})
				.execute();
			await trx
				.insertInto('equipment.purchase_line')
				.values(
					order.lines.map((line, n) => ({
						id: newId(),
						order_id: id,
						position: n + 1,
						category: line.category,
						model_id: modelOf(line.category),
						label: line.label,
						quantity: line.quantity,
						unit_cents: line.euros * 100,
						acquired: line.acquired,
						donated: line.donated ?? false,
						recycled_content: line.recycledContent ?? false,
						product_line: lineOf(line.category),
						need: line.need ?? null,
						exception_reason: line.exceptionReason ?? null,
					})),
				)
				.execute();
		}
	});
}
