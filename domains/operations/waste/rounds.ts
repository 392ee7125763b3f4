import { asId, changing, ok, refuse } from '@parvis/platform';
import { sql } from 'kysely';
import { type Context, type Db, parseInput } from '../context.ts';
import { dayInput } from '../day-input.ts';
import { mayManage, maySee, mayWork } from '../policies.ts';
import { flowMap } from './container-rows.ts';
import type { CouldNotReason, Flow, Round, RoundStop, Rounds } from './face.ts';
import { createRoundActions } from './round-actions.ts';

interface StopRow {
	id: string;
	round_id: string;
	position: number;
	kind: RoundStop['kind'];
	container_id: string | null;
	container_name: string | null;
	flow: string | null;
	volume_liters: number | null;
	address: string | null;
	access_side: 'left' | 'right' | null;
	access_note: string | null;
	site_id: string | null;
	site_name: string | null;
	longitude: number | null;
	latitude: number | null;
	planned_arrival: Date | null;
	planned_departure: Date | null;
	level_percent: number | null;
	overflow_probability: number | null;
	pinned: boolean;
	state: RoundStop['state'];
	done_at: Date | null;
	reason: CouldNotReason | null;
	note: string | null;
	fill_percent: number | null;
	kilograms: number | null;
	photo_ids: string[];
}

/** Rounds with their stops in order; of a day, or by id. Removed stops are left out. */
export async function readRounds(
	{ identity }: Pick<Context, 'identity'>,
	db: Db,
	filter: { day: string } | { id: string },
): Promise<Round[]> {
	const rounds = await db
		.selectFrom('operations.waste_round as round')
		.innerJoin('operations.waste_vehicle as vehicle', 'vehicle.id', 'round.vehicle_id')
		.innerJoin('operations.waste_site as depot', 'depot.id', 'vehicle.depot_id')
		.selectAll('round')
		.select([
			'vehicle.name as vehicle_name',
			'vehicle.height_meters',
			'vehicle.weight_tonnes',
			'vehicle.liters_per_100km',
			'depot.name as depot_name',
			'depot.longitude as depot_longitude',
			'depot.latitude as depot_latitude',
		])
		.where((match) =>
			'day' in filter ? match('round.day', '=', filter.day) : match('round.id', '=', filter.id),
		)
		.where('round.status', '!=', 'cancelled')
		.orderBy('vehicle.name')
		.execute();
	if (!rounds.length) return [];
	const ids = rounds.map(({ id }) => id);
	const [{ rows: stops }, flows, names] = await Promise.all([
		sql<StopRow>`
			SELECT stop.*, container.name AS container_name, container.flow, container.volume_liters, container.address,
				container.access_side, container.access_note, site.name AS site_name,
				coalesce(container.longitude, site.longitude) AS longitude,
				coalesce(container.latitude, site.latitude) AS latitude
			FROM operations.waste_round_stop stop
			LEFT JOIN operations.waste_container container ON container.id = stop.container_id
			LEFT JOIN operations.waste_site site ON site.id = stop.site_id
			WHERE stop.round_id = ANY(${ids}::uuid[]) AND stop.state <> 'removed'
			ORDER BY stop.round_id, stop.position, stop.id`.execute(db),
		db.selectFrom('operations.waste_flow').selectAll().execute(),
		identity.people.names(rounds.flatMap(({ driver_id }) => driver_id ?? [])),
	]);
	const byCode = flowMap(
		flows.map(
			(row): Flow => ({
				code: row.code,
				name: { fr: row.name_fr, en: row.name_en },
				colour: row.colour,
				kilogramsPerCubicMeter: row.kilograms_per_cubic_meter,
				compaction: row.compaction,
				overflowEuros: row.overflow_euros,
			}),
		),
	);
	const byRound = Map.groupBy(stops, ({ round_id }) => round_id);
	return rounds.map((row): Round => {
		const own = (byRound.get(row.id) ?? []).map((stop) => toStop(stop, byCode));
		const containers = own.filter(({ kind }) => kind === 'container');
		return {
			id: row.id,
			day: row.day,
			vehicle: {
				id: row.vehicle_id,
				name: row.vehicle_name,
				heightMeters: row.height_meters,
				weightTonnes: row.weight_tonnes,
			},
			driver: row.driver_id ? { id: row.driver_id, name: names.get(row.driver_id) ?? '' } : null,
			status: row.status,
			version: row.version,
			plannedStart: row.planned_start,
			plannedEnd: row.planned_end,
			plannedMeters: row.planned_meters,
			plannedDrivingSeconds: row.planned_driving_seconds,
			overtimeSeconds: row.overtime_seconds,
			plannedLiters: (row.planned_meters / 100_000) * row.liters_per_100km,
			startedAt: row.started_at,
			finishedAt: row.finished_at,
			counts: {
				total: containers.length,
				done: containers.filter(({ state }) => state === 'done').length,
				couldNot: containers.filter(({ state }) => state === 'could_not').length,
			},
			depot: { name: row.depot_name, longitude: row.depot_longitude, latitude: row.depot_latitude },
			stops: own,
			line: row.line as [number, number][],
		};
	});
}

function toStop(row: StopRow, flows: ReadonlyMap<string, Flow>): RoundStop {
	const flow = flows.get(row.flow ?? '');
	return {
		id: row.id,
		position: row.position,
		kind: row.kind,
		container:
			row.container_id && flow
				? {
						id: row.container_id,
						name: row.container_name ?? '',
						flow,
						volumeLiters: row.volume_liters ?? 0,
						address: row.address ?? '',
						accessSide: row.access_side,
						accessNote: row.access_note ?? '',
					}
				: null,
		site: row.site_id ? { id: row.site_id, name: row.site_name ?? '' } : null,
		longitude: row.longitude,
		latitude: row.latitude,
		plannedArrival: row.planned_arrival,
		plannedDeparture: row.planned_departure,
		levelPercent: row.level_percent,
		overflowProbability: row.overflow_probability,
		pinned: row.pinned,
		state: row.state,
		doneAt: row.done_at,
		reason: row.reason,
		note: row.note,
		fillPercent: row.fill_percent,
		kilograms: row.kilograms,
		photoIds: row.photo_ids,
	};
}

/** What drivers have to do, and what they did. */
export function createRounds(context: Context): Rounds {
	const { db, platform, now } = context;
	const actions = createRoundActions(context);

	const list: Rounds['list'] = async (actor, day) => {
		if (!maySee(actor)) return refuse('platform.not_allowed');
		const parsed = parseInput(dayInput, day);
		return parsed.ok ? ok(await readRounds(context, db, { day: parsed.value })) : parsed;
	};

	return {
		list,

		async mine(actor, day) {
			if (!mayWork(actor)) return refuse('platform.not_allowed');
			const all = await list(actor, day);
			return all.ok ? ok(all.value.filter(({ driver }) => !driver || driver.id === actor.id)) : all;
		},

		async get(actor, id) {
			if (!maySee(actor)) return refuse('platform.not_allowed');
			const [round] = await readRounds(context, db, { id: asId(id) });
			return round ? ok(round) : refuse('operations.waste_round_unknown');
		},

		async act(actor, input) {
			if (!mayWork(actor)) return refuse('platform.not_allowed');
			const done = await actions.act(actor, input);
			if (!done.ok) return done;
			const [round] = await readRounds(context, db, { id: done.value.roundId });
			if (!round) return refuse('operations.waste_round_unknown');
			return ok({ round, applied: done.value.applied, conflict: done.value.conflict });
		},

		async assign(actor, id, driverId) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			if (driverId && !(await context.identity.people.names([driverId])).has(driverId))
				return refuse('operations.person_unknown');
			return changing(db, async (trx) => {
				const { numUpdatedRows } = await trx
					.updateTable('operations.waste_round')
					.set({ driver_id: driverId, version: sql`version + 1`, updated_at: now() })
					.where('id', '=', asId(id))
					.executeTakeFirst();
				if (!numUpdatedRows) return refuse('operations.waste_round_unknown');
				await platform.audit.record(trx, {
					actor,
					action: 'operations.waste_round.assigned',
					subject: id,
					detail: { driverId },
				});
				return ok(null);
			});
		},
	};
}
