import {
	type Actor,
	createListening,
	hasScope,
	type Listening,
	ok,
	type Result,
	refuse,
} from '@parvis/platform';
import { sql } from 'kysely';
import { type Context, parseInput } from '../context.ts';
import { positionReadings } from './actions.ts';
import type { Work } from './dispatch.ts';
import type { Field, PositionListener, VehiclePosition } from './face.ts';
import { maySeePositions } from './policies.ts';

const channel = 'operations_positions';
const recentMinutes = 60;
/** A reading from before is of no use to anybody, and may not be kept. */
const oldestHours = 24;

/** While a round is driven, and a little more for what its driver forgot to press. */
const marginMilliseconds = 5 * 60_000;

/** When the actor, or the driver it speaks for, drives this round. */
async function timeOfDriving(
	rounds: Work['rounds'],
	actor: Actor,
	roundId: string,
): Promise<Result<{ from: number; to: number }>> {
	const found = await rounds.get(actor, roundId);
	if (!found.ok) return found;
	const { driver, startedAt, finishedAt } = found.value;
	const own = actor.kind === 'key' ? hasScope(actor, 'operations:write') : driver?.id === actor.id;
	if (!startedAt || !own) return refuse('operations.round_not_yours');
	return ok({
		from: startedAt.getTime() - marginMilliseconds,
		to: (finishedAt?.getTime() ?? Number.POSITIVE_INFINITY) + marginMilliseconds,
	});
}

interface Row {
	round_id: string;
	at: Date;
	longitude: number;
	latitude: number;
	accuracy_meters: number | null;
	speed_meters_per_second: number | null;
	heading_degrees: number | null;
	simulated: boolean;
}

const toPosition = (row: Row): VehiclePosition => ({
	roundId: row.round_id,
	at: row.at.toISOString(),
	longitude: row.longitude,
	latitude: row.latitude,
	accuracyMeters: row.accuracy_meters,
	speedMetersPerSecond: row.speed_meters_per_second,
	headingDegrees: row.heading_degrees,
	simulated: row.simulated,
});

export function createPositions(
	context: Context,
	rounds: Work['rounds'],
): Pick<Field, 'report' | 'positions' | 'trail' | 'follow'> & { listening: Listening; close(): void } {
	const { db, platform } = context;
	const listeners = new Set<PositionListener>();
	const rows = () =>
		db
			.selectFrom('operations.vehicle_position')
			.select([
				'round_id',
				'at',
				'longitude',
				'latitude',
				'accuracy_meters',
				'speed_meters_per_second',
				'heading_degrees',
				'simulated',
			]);

	async function latest(): Promise<VehiclePosition[]> {
		const since = new Date(context.now().getTime() - recentMinutes * 60_000);
		const found = await rows()
			.distinctOn('round_id')
			.where('at', '>=', since)
			.orderBy('round_id')
			.orderBy('at', 'desc')
			.execute();
		return found.map(toPosition);
	}

	const tell = (positions: readonly VehiclePosition[]) => {
		for (const listener of listeners) listener.positions(positions);
	};
	const listening = createListening(
		platform.pool,
		channel,
		(payload) => tell([JSON.parse(payload) as VehiclePosition]),
		() => {
			// What was said meanwhile is not known: everybody reads again.
			if (listeners.size) void latest().then(tell, () => {});
		},
	);

	return {
		listening,
		close() {
			for (const listener of listeners) listener.end();
			listeners.clear();
		},

		async report(actor, roundId, readings) {
			const parsed = parseInput(positionReadings, readings);
			if (!parsed.ok) return parsed;
			const driving = await timeOfDriving(rounds, actor, roundId);
			if (!driving.ok) return driving;
			const receivedAt = context.now();
			const oldest = Math.max(receivedAt.getTime() - oldestHours * 3_600_000, driving.value.from);
			const newest = Math.min(receivedAt.getTime() + 60_000, driving.value.to);
			const wanted = parsed.value.filter(({ at }) => at.getTime() >= oldest && at.getTime() <= newest);
			if (!wanted.length) return ok({ kept: 0 });
			const simulated = actor.kind === 'key';
			return db.transaction().execute(async (trx) => {
				const kept = await trx
					.insertInto('operations.vehicle_position')
					.values(
						wanted.map((reading) => ({
							round_id: roundId,
							at: reading.at,
							longitude: reading.longitude,
							latitude: reading.latitude,
							accuracy_meters: reading.accuracyMeters ?? null,
							speed_meters_per_second: reading.speedMetersPerSecond ?? null,
							heading_degrees: reading.headingDegrees ?? null,
							simulated,
							received_at: receivedAt,
						})),
					)
					.onConflict((conflict) => conflict.columns(['round_id', 'at']).doNothing())
					.returning('at')
					.execute();
				const last = await trx
					.selectFrom('operations.vehicle_position')
					.selectAll()
					.where('round_id', '=', roundId)
					.orderBy('at', 'desc')
					.limit(1)
					.executeTakeFirst();
				if (kept.length && last)
					await sql`SELECT pg_notify(${channel}, ${JSON.stringify(toPosition(last))})`.execute(trx);
				return ok({ kept: kept.length });
			});
		},

		async positions(actor) {
			return maySeePositions(actor) ? latest() : [];
		},

		async trail(actor, roundId) {
			if (!maySeePositions(actor)) return refuse('platform.not_allowed');
			const found = await rows().where('round_id', '=', roundId).orderBy('at').execute();
			return ok(found.map(toPosition));
		},

		async follow(actor, listener) {
			if (!maySeePositions(actor)) return null;
			listeners.add(listener);
			listener.positions(await latest());
			return () => void listeners.delete(listener);
		},
	};
}
