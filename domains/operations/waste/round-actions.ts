import { type Actor, changing, newId, ok, type Result, refuse } from '@parvis/platform';
import { sql, type Transaction } from 'kysely';
import { type Context, parseInput } from '../context.ts';
import type { DB } from '../tables.ts';
import { nameOf } from './changed.ts';
import { type ActionInput, actionInput } from './input.ts';
import { recordPickup } from './pickups.ts';

interface Outcome {
	roundId: string;
	applied: boolean;
	conflict: { by: string; at: string; state: string } | null;
}

const kilogramsPerLiter = (perCubicMeter: number) => perCubicMeter / 1000;

/**
 * What drivers report. Each action comes with an id made on the telephone and is done once, however often it is sent; one that
 * comes late is a fact all the same: a stop that a later plan took out or gave to another truck is done where it was done.
 */
export function createRoundActions(context: Context) {
	const { db, platform, now } = context;

	async function act(actor: Actor, input: unknown): Promise<Result<Outcome>> {
		const parsed = parseInput(actionInput, input);
		if (!parsed.ok) return parsed;
		const action = parsed.value;
		if (action.kind === 'could_not' && !action.reason) return refuse('operations.waste_reason_missing');
		return changing<DB, Outcome>(db, async (trx) => {
			// One truck's actions one after the other.
			const round = await trx
				.selectFrom('operations.waste_round')
				.selectAll()
				.where('id', '=', action.roundId)
				.forUpdate()
				.executeTakeFirst();
			if (!round) return refuse('operations.waste_round_unknown');
			const known = await trx
				.selectFrom('operations.waste_round_event')
				.select(['round_id', 'conflict'])
				.where('id', '=', action.id)
				.executeTakeFirst();
			if (known) {
				// The same id for something else would be a mistake nobody could see.
				if (known.round_id !== round.id) return refuse('operations.action_id_used');
				return ok({
					roundId: round.id,
					applied: false,
					conflict: known.conflict as Outcome['conflict'],
				});
			}
			// A telephone's clock may run ahead.
			const at = new Date(Math.min(action.at.getTime(), now().getTime()));
			const applied = await apply(trx, actor, round, { ...action, at });
			if (!applied.ok) return applied;
			await trx
				.insertInto('operations.waste_round_event')
				.values({
					id: action.id,
					round_id: round.id,
					stop_id: action.stopId ?? null,
					kind: action.kind,
					at,
					received_at: now(),
					by_id: actor.kind === 'person' ? actor.id : null,
					by_name: nameOf(actor),
					detail: JSON.stringify({
						reason: action.reason ?? null,
						note: action.note ?? null,
						fillPercent: action.fillPercent ?? null,
						kilograms: action.kilograms ?? null,
						photoIds: action.photoIds,
					}),
					conflict: applied.value ? JSON.stringify(applied.value) : null,
				})
				.execute();
			await trx
				.updateTable('operations.waste_round')
				.set({ version: sql`version + 1`, updated_at: now() })
				.where('id', '=', round.id)
				.execute();
			await platform.events.publish(trx, 'operations.waste.round_changed', {
				roundId: round.id,
				day: round.day,
				kind: action.kind,
			});
			return ok({ roundId: round.id, applied: true, conflict: applied.value });
		});
	}

	async function apply(
		trx: Transaction<DB>,
		actor: Actor,
		round: { id: string; day: string; driver_id: string | null; started_at: Date | null; status: string },
		action: ActionInput,
	): Promise<Result<Outcome['conflict']>> {
		const change = (columns: Record<string, unknown>) =>
			trx.updateTable('operations.waste_round').set(columns).where('id', '=', round.id).execute();
		// Whoever does the round has it, where nobody was named.
		const driver = round.driver_id ?? (actor.kind === 'person' ? actor.id : null);
		if (action.kind === 'finish') {
			await change({ status: 'done', finished_at: action.at, driver_id: driver });
			return ok(null);
		}
		if (!round.started_at || action.at < round.started_at)
			await change({ started_at: action.at, driver_id: driver });
		if (round.status === 'planned') await change({ status: 'under_way' });
		if (action.kind === 'start') return ok(null);
		return applyToStop(trx, actor, round, action);
	}

	async function applyToStop(
		trx: Transaction<DB>,
		actor: Actor,
		round: { id: string; day: string },
		action: ActionInput,
	): Promise<Result<Outcome['conflict']>> {
		if (!action.stopId) {
			// Unloaded where no plan had it: written down, and the load is on the ground.
			if (action.kind !== 'unloaded') return refuse('operations.waste_stop_unknown');
			const { last } = await trx
				.selectFrom('operations.waste_round_stop')
				.select(({ fn }) => fn.max('position').as('last'))
				.where('round_id', '=', round.id)
				.where('state', '=', 'done')
				.executeTakeFirstOrThrow();
			await trx
				.insertInto('operations.waste_round_stop')
				.values({
					id: newId(),
					round_id: round.id,
					day: round.day,
					position: last ?? 0,
					kind: 'unloading',
					state: 'done',
					done_at: action.at,
					done_by: actor.kind === 'person' ? actor.id : null,
					kilograms: action.kilograms ?? null,
				})
				.execute();
			return ok(null);
		}
		const stop = await trx
			.selectFrom('operations.waste_round_stop')
			.selectAll()
			.where('id', '=', action.stopId)
			.where('day', '=', round.day)
			.forUpdate()
			.executeTakeFirst();
		if (!stop) return refuse('operations.waste_stop_unknown');
		const state = action.kind === 'could_not' ? 'could_not' : 'done';
		// A container that was emptied cannot have been impossible: what was done first stays, unless it was a refusal.
		if (stop.state === 'done' || (stop.state === 'could_not' && state === 'could_not')) {
			const first = await trx
				.selectFrom('operations.waste_round_event')
				.select('by_name')
				.where('stop_id', '=', stop.id)
				.where('kind', 'in', ['done', 'could_not', 'unloaded'])
				.where('conflict', 'is', null)
				.orderBy('received_at', 'desc')
				.executeTakeFirst();
			return ok({
				by: first?.by_name ?? '',
				at: (stop.done_at ?? now()).toISOString(),
				state: stop.state,
			});
		}
		await trx
			.updateTable('operations.waste_round_stop')
			.set({
				state,
				round_id: round.id,
				done_at: action.at,
				done_by: actor.kind === 'person' ? actor.id : null,
				reason: state === 'could_not' ? (action.reason ?? null) : null,
				note: action.note || null,
				fill_percent: action.fillPercent ?? null,
				kilograms: action.kilograms ?? null,
				photo_ids: [...action.photoIds],
			})
			.where('id', '=', stop.id)
			.execute();
		if (state === 'done' && stop.container_id)
			await recordPickup(context, trx, {
				containerId: stop.container_id,
				at: action.at,
				source: 'round',
				stopId: stop.id,
				fillPercent: action.fillPercent ?? null,
				kilograms: action.kilograms ?? (await estimatedKilograms(trx, stop.container_id, action.fillPercent)),
			});
		if (state === 'could_not' && stop.container_id)
			await platform.events.publish(trx, 'operations.waste.container_not_emptied', {
				roundId: round.id,
				stopId: stop.id,
				containerId: stop.container_id,
				day: round.day,
				reason: action.reason,
				note: action.note ?? '',
			});
		return ok(null);
	}

	/** From the volume and how full it was; null where nobody knows. */
	async function estimatedKilograms(
		trx: Transaction<DB>,
		containerId: string,
		fillPercent: number | null | undefined,
	): Promise<number | null> {
		const row = await trx
			.selectFrom('operations.waste_container as container')
			.innerJoin('operations.waste_flow as flow', 'flow.code', 'container.flow')
			.leftJoin('operations.waste_forecast as forecast', 'forecast.container_id', 'container.id')
			.select(['container.volume_liters', 'flow.kilograms_per_cubic_meter', 'forecast.level_percent'])
			.where('container.id', '=', containerId)
			.executeTakeFirst();
		const level = fillPercent ?? row?.level_percent ?? null;
		if (!row || level === null) return null;
		return (level / 100) * row.volume_liters * kilogramsPerLiter(row.kilograms_per_cubic_meter);
	}

	return { act };
}
