import { type Actor, changing, ok, type Result, refuse } from '@parvis/platform';
import { sql, type Transaction } from 'kysely';
import { type Context, parseInput } from '../context.ts';
import { dayInput } from '../day-input.ts';
import { mayManage, maySee } from '../policies.ts';
import type { DB } from '../tables.ts';
import { nameOf } from './changed.ts';
import { flowMap } from './container-rows.ts';
import { readDayState, readStops, readWishes } from './day-state.ts';
import type { Day, Forecasts, Plan, PlanReason, Plans, Setup } from './face.ts';
import { reorderInput, wishInput } from './input.ts';
import { type Draft, explain, saveDraft, solveDay } from './planning.ts';
import { readRounds } from './rounds.ts';
import { addDays, dayOf, nextDayAmong, weekdayOf } from './rules/days.ts';

/** Somebody waits for it. */
const secondsByHand = 3;

/** The plan of each day: made at night, by hand, or since something happened. */
export function createPlans(context: Context, setup: Setup, forecasts: Forecasts): Plans {
	const { db, platform, now } = context;

	async function read(day: Day): Promise<Plan | null> {
		const plan = await db
			.selectFrom('operations.waste_plan')
			.selectAll()
			.where('day', '=', day)
			.executeTakeFirst();
		if (!plan) return null;
		const [rounds, wishes, settings, flows, rows] = await Promise.all([
			readRounds(context, db, { day }),
			readWishes(db, day),
			setup.settings(),
			setup.flows(),
			db
				.selectFrom('operations.waste_plan_container as planned')
				.innerJoin('operations.waste_container as container', 'container.id', 'planned.container_id')
				.selectAll('planned')
				.select(['container.name', 'container.flow', 'container.longitude', 'container.latitude'])
				.where('planned.day', '=', day)
				.orderBy('planned.overflow_probability', 'desc')
				.orderBy('planned.level_percent', 'desc')
				.orderBy('container.name')
				.execute(),
		]);
		const byCode = flowMap(flows);
		return {
			day,
			version: plan.version,
			madeAt: plan.made_at,
			cause: plan.cause,
			changedAt: plan.changed_at,
			changedBy: plan.changed_by,
			staleReason: plan.stale_reason,
			problems: plan.problems as Plan['problems'],
			costEuros: plan.cost_euros,
			rounds,
			containers: rows.flatMap((row) => {
				const flow = byCode.get(row.flow);
				return flow
					? {
							container: {
								id: row.container_id,
								name: row.name,
								flow,
								longitude: row.longitude,
								latitude: row.latitude,
							},
							chosen: row.chosen,
							reason: row.reason as PlanReason,
							levelPercent: row.level_percent,
							overflowProbability: row.overflow_probability,
							prizeEuros: row.prize_euros,
							wish: wishes.get(row.container_id) ?? null,
						}
					: [];
			}),
			nextDay: nextDayAmong(day, settings.collectionWeekdays),
		};
	}

	async function reread(day: Day): Promise<Result<Plan>> {
		const plan = await read(day);
		return plan ? ok(plan) : refuse('operations.waste_plan_unknown');
	}

	/** Take the plan for a change; who comes second learns who was first and when. */
	async function take(trx: Transaction<DB>, day: Day, version: number): Promise<Result<number>> {
		const plan = await trx
			.selectFrom('operations.waste_plan')
			.select(['version', 'changed_by', 'changed_at'])
			.where('day', '=', day)
			.forUpdate()
			.executeTakeFirst();
		if (!plan) return refuse('operations.waste_plan_unknown');
		if (plan.version !== version)
			return refuse('operations.waste_plan_changed', {
				by: plan.changed_by,
				at: plan.changed_at.toLocaleTimeString('fr-FR', {
					timeZone: 'Europe/Paris',
					hour: '2-digit',
					minute: '2-digit',
				}),
			});
		return ok(plan.version);
	}

	function planable(day: Day): Result<Day> {
		const parsed = parseInput(dayInput, day);
		if (!parsed.ok) return parsed;
		const today = dayOf(now());
		if (day < today) return refuse('operations.waste_plan_past');
		if (day > addDays(today, 6)) return refuse('operations.waste_plan_far');
		return ok(day);
	}

	/** Plan the day as it stands and write it down, unless the plan was changed meanwhile: then that change plans anew itself. */
	async function makeNow(
		actor: Actor,
		day: Day,
		cause: Plan['cause'],
		orders?: ReadonlyMap<string, readonly string[]>,
	): Promise<Result<null>> {
		const before = await db
			.selectFrom('operations.waste_plan')
			.select('version')
			.where('day', '=', day)
			.executeTakeFirst();
		const state = await readDayState(context, setup, day);
		const off = [...(orders?.keys() ?? [])].find(
			(id) => !state.vehicles.some((vehicle) => vehicle.id === id),
		);
		if (off) return refuse('operations.waste_vehicle_off');
		const seconds =
			cause === 'nightly'
				? state.settings.solveSeconds
				: Math.min(state.settings.solveSeconds, secondsByHand);
		const draft = await solveDay(context, state, { seconds, ...(orders && { orders }) });
		if (orders && draft.problems.length) return refusalOf(draft);
		return changing(db, async (trx) => {
			const at = now();
			const plan = await trx
				.insertInto('operations.waste_plan')
				.values({
					day,
					version: 1,
					made_at: at,
					cause,
					changed_at: at,
					changed_by: nameOf(actor),
					problems: JSON.stringify(draft.problems),
					cost_euros: draft.costEuros,
				})
				.onConflict((conflict) =>
					conflict
						.column('day')
						.doUpdateSet({
							version: sql`waste_plan.version + 1`,
							made_at: at,
							cause,
							changed_at: at,
							changed_by: nameOf(actor),
							stale_reason: null,
							problems: JSON.stringify(draft.problems),
							cost_euros: draft.costEuros,
						})
						.where('operations.waste_plan.version', '=', before?.version ?? 0),
				)
				.returning('version')
				.executeTakeFirst();
			if (!plan) return ok(null);
			await saveDraft(trx, state, draft, at);
			const stops = await readStops(trx, day);
			await trx.deleteFrom('operations.waste_plan_container').where('day', '=', day).execute();
			const rows = explain(state, draft, stops);
			if (rows.length) await trx.insertInto('operations.waste_plan_container').values(rows).execute();
			await platform.events.publish(trx, 'operations.waste.planned', { day, cause, version: plan.version });
			await platform.audit.record(trx, {
				actor,
				action: 'operations.waste_plan.made',
				subject: day,
				detail: { cause, rounds: draft.routes.length, stops: rows.filter(({ chosen }) => chosen).length },
			});
			return ok(null);
		});
	}

	function refusalOf(draft: Draft) {
		const [problem] = draft.problems;
		return refuse('operations.waste_order_impossible', {
			subject: problem?.subject ?? '',
			constraint: problem?.constraint ?? '',
		});
	}

	return {
		async get(actor, day) {
			if (!maySee(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(dayInput, day);
			return parsed.ok ? ok(await read(parsed.value)) : parsed;
		},

		async make(actor, day, { cause = 'hand', version } = {}) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const wanted = planable(day);
			if (!wanted.ok) return wanted;
			if (version !== undefined) {
				const taken = await changing(db, (trx) => take(trx, day, version));
				if (!taken.ok) return taken;
			}
			await forecasts.run();
			const made = await makeNow(actor, day, cause);
			return made.ok ? reread(day) : made;
		},

		async wish(actor, day, input) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const wanted = planable(day);
			if (!wanted.ok) return wanted;
			const parsed = parseInput(wishInput, input);
			if (!parsed.ok) return parsed;
			const { containerId, kind, version, ...wish } = parsed.value;
			if (kind === 'exclude' && !wish.reason) return refuse('operations.waste_reason_missing');
			const noted = await changing(db, async (trx) => {
				const taken = await take(trx, day, version);
				if (!taken.ok) return taken;
				const container = await trx
					.selectFrom('operations.waste_container')
					.select('id')
					.where('id', '=', containerId)
					.executeTakeFirst();
				if (!container) return refuse('operations.waste_container_unknown');
				if (wish.vehicleId) {
					const vehicle = await trx
						.selectFrom('operations.waste_vehicle')
						.select('id')
						.where('id', '=', wish.vehicleId)
						.executeTakeFirst();
					if (!vehicle) return refuse('operations.waste_vehicle_unknown');
				}
				await trx
					.deleteFrom('operations.waste_wish')
					.where('day', '=', day)
					.where('container_id', '=', containerId)
					.execute();
				if (kind)
					await trx
						.insertInto('operations.waste_wish')
						.values({
							day,
							container_id: containerId,
							kind,
							vehicle_id: kind === 'pin' ? (wish.vehicleId ?? null) : null,
							first: kind === 'pin' && wish.first,
							reason: wish.reason,
							asked_by: nameOf(actor),
							asked_at: now(),
						})
						.execute();
				await trx
					.updateTable('operations.waste_plan')
					.set({ version: version + 1, changed_at: now(), changed_by: nameOf(actor) })
					.where('day', '=', day)
					.execute();
				await platform.audit.record(trx, {
					actor,
					action: `operations.waste_plan.${kind ?? 'released'}`,
					subject: containerId,
					detail: { day, ...wish },
				});
				return ok(null);
			});
			if (!noted.ok) return noted;
			const made = await makeNow(actor, day, 'hand');
			return made.ok ? reread(day) : made;
		},

		async reorder(actor, day, input) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const wanted = planable(day);
			if (!wanted.ok) return wanted;
			const parsed = parseInput(reorderInput, input);
			if (!parsed.ok) return parsed;
			const { roundId, stopIds, version } = parsed.value;
			const taken = await changing(db, (trx) => take(trx, day, version));
			if (!taken.ok) return taken;
			const stops = (await readStops(db, day)).filter(({ state }) => state === 'waiting');
			const round = await db
				.selectFrom('operations.waste_round')
				.select('vehicle_id')
				.where('id', '=', roundId)
				.where('day', '=', day)
				.executeTakeFirst();
			if (!round) return refuse('operations.waste_round_unknown');
			const containerOf = new Map(stops.map((stop) => [stop.id, stop]));
			const moved = [...new Set(stopIds)].flatMap((id) => containerOf.get(id) ?? []);
			if (moved.length < stopIds.length || moved.some(({ kind }) => kind !== 'container'))
				return refuse('operations.waste_stop_unknown');
			const inOrder = new Set(moved.map(({ id }) => id));
			// Stops of this round that were not named stay behind those that were.
			const own = [
				...moved,
				...stops.filter(
					({ id, roundId: of, kind }) => of === roundId && kind === 'container' && !inOrder.has(id),
				),
			];
			const orders = new Map([[round.vehicle_id, own.flatMap(({ containerId }) => containerId ?? [])]]);
			for (const losing of new Set(
				moved.filter(({ roundId: of }) => of !== roundId).map(({ vehicleId }) => vehicleId),
			))
				orders.set(
					losing,
					stops
						.filter(
							({ id, vehicleId, kind }) => vehicleId === losing && kind === 'container' && !inOrder.has(id),
						)
						.flatMap(({ containerId }) => containerId ?? []),
				);
			const made = await makeNow(actor, day, 'hand', orders);
			return made.ok ? reread(day) : made;
		},

		async preview(actor) {
			if (!maySee(actor)) return refuse('platform.not_allowed');
			const settings = await setup.settings();
			const today = dayOf(now());
			const { rows } = await sql<{ day: string; containers: number; overflows: number }>`
				SELECT one ->> 'day' AS day, count(*) FILTER (WHERE (one ->> 'overflow')::float8 >= 0.1)::int AS containers,
					sum((one ->> 'overflow')::float8) AS overflows
				FROM operations.waste_forecast forecast
				JOIN operations.waste_container container ON container.id = container_id AND container.active,
				jsonb_array_elements(forecast.days) one GROUP BY 1 ORDER BY 1`.execute(db);
			const vehicles = await db
				.selectFrom('operations.waste_vehicle as vehicle')
				.leftJoin('operations.waste_vehicle_absence as absence', 'absence.vehicle_id', 'vehicle.id')
				.select(['vehicle.id', 'absence.from_day', 'absence.to_day'])
				.where('vehicle.active', '=', true)
				.execute();
			return ok(
				rows
					.filter(({ day }) => day >= today && settings.collectionWeekdays.includes(weekdayOf(day)))
					.slice(0, settings.horizonDays)
					.map(({ day, containers, overflows }) => {
						const off = new Set(
							vehicles.flatMap(({ id, from_day, to_day }) =>
								from_day && to_day && from_day <= day && day <= to_day ? id : [],
							),
						);
						const all = new Set(vehicles.map(({ id }) => id));
						return { day, containers, likelyOverflows: overflows, vehicles: all.size - off.size };
					}),
			);
		},
	};
}
