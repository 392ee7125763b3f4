import { sql } from 'kysely';
import type { Context } from '../../context.ts';
import { profileFor, readProfiles, townPosition } from '../profiles.ts';
import { reachMeters } from '../rules/presence.ts';
import { fullNight, type LightProfile, type LightUsage } from '../rules/profile.ts';
import { type Reach, reachOfSensors } from '../rules/street-graph.ts';

export interface ControlledLamp {
	id: string;
	externalId: string;
	/** Index of its segment. */
	segment: number;
	cabinetId: string | null;
	/** Null: it speaks MQTT. */
	gatewayId: string | null;
	/** Its address at the gateway. */
	gatewayDevice: string;
	watts: number;
	standbyWatts: number;
	dimmable: boolean;
	safeLevel: number;
	simulated: boolean;
	/** As last written; null: never. */
	reportedLevel: number | null;
	lastHeardAt: number | null;
	failed: boolean;
	fault: string | null;
}

export interface ControlledOverride {
	kind: 'event' | 'emergency' | 'test';
	level: number;
	from: number;
	to: number;
	/** Rests on a decision that allows light outside of the hours of article 2. */
	allowed: boolean;
	lamps: Int32Array;
}

/** Everything that the control loop decides on, read at once; the loop itself asks the database nothing. */
export interface Installation {
	position: readonly [number, number];
	segments: readonly { id: string; usage: LightUsage; profile: LightProfile }[];
	lamps: readonly ControlledLamp[];
	/** By name in topics. */
	lampIndex: ReadonlyMap<string, number>;
	sensorIndex: ReadonlyMap<string, number>;
	reaches: readonly Reach[];
	/** Oldest first: of two at once the later one counts. */
	overrides: readonly ControlledOverride[];
}

export async function readInstallation(context: Context): Promise<Installation> {
	const { db } = context;
	const profiles = await readProfiles(db);
	const segments = (
		await db
			.selectFrom('operations.light_segment')
			.select(['id', 'usage', 'street_class', 'profile_id', 'start_node', 'end_node', 'length_meters'])
			.orderBy('id')
			.execute()
	).map((row) => ({
		...row,
		usage: row.usage as LightUsage,
		profile:
			profileFor({ profileId: row.profile_id, usage: row.usage, streetClass: row.street_class }, profiles) ??
			({ ...fullNight, usage: row.usage as LightUsage } satisfies LightProfile),
	}));
	const segmentIndex = new Map(segments.map(({ id }, index) => [id, index]));
	const lampRows = await db
		.selectFrom('operations.luminaire as lamp')
		.leftJoin('operations.luminaire_state as state', 'state.luminaire_id', 'lamp.id')
		.leftJoin('operations.light_cabinet as cabinet', 'cabinet.id', 'lamp.cabinet_id')
		.selectAll('lamp')
		.select([
			'cabinet.gateway_id',
			'state.reported_level',
			'state.last_heard_at',
			'state.failed_at',
			'state.fault',
		])
		.where('lamp.retired_at', 'is', null)
		.orderBy('lamp.id')
		.execute();
	const lamps = lampRows.map(
		(row): ControlledLamp => ({
			id: row.id,
			externalId: row.external_id,
			segment: segmentIndex.get(row.segment_id) ?? 0,
			cabinetId: row.cabinet_id,
			gatewayId: row.gateway_id,
			gatewayDevice: row.gateway_device ?? row.external_id,
			watts: row.watts,
			standbyWatts: row.standby_watts,
			dimmable: row.dimmable,
			safeLevel: row.safe_level_percent,
			simulated: row.simulated,
			reportedLevel: row.reported_level,
			lastHeardAt: row.last_heard_at?.getTime() ?? null,
			failed: row.failed_at !== null,
			fault: row.fault,
		}),
	);
	const sensors = await db
		.selectFrom('operations.presence_sensor')
		.select(['external_id', 'segment_id', 'along_meters'])
		.where('retired_at', 'is', null)
		.orderBy('external_id')
		.execute();
	const reaches = reachOfSensors(
		{
			segments: segments.map((row) => ({
				startNode: row.start_node,
				endNode: row.end_node,
				lengthMeters: row.length_meters,
			})),
			lamps: lamps.map(({ segment }, index) => ({
				segment,
				alongMeters: lampRows[index]?.along_meters ?? 0,
			})),
			sensors: sensors.map((row) => ({
				segment: segmentIndex.get(row.segment_id) ?? 0,
				alongMeters: row.along_meters,
			})),
		},
		reachMeters,
	);
	return {
		position: await townPosition(context),
		segments: segments.map(({ id, usage, profile }) => ({ id, usage, profile })),
		lamps,
		lampIndex: new Map(lamps.map(({ externalId }, index) => [externalId, index])),
		sensorIndex: new Map(sensors.map(({ external_id }, index) => [external_id, index])),
		reaches,
		overrides: await readOverrides(context, lamps, segmentIndex),
	};
}

async function readOverrides(
	context: Context,
	lamps: readonly ControlledLamp[],
	segmentIndex: ReadonlyMap<string, number>,
): Promise<ControlledOverride[]> {
	const { rows } = await sql<{
		kind: ControlledOverride['kind'];
		level: number;
		startsAt: Date;
		endsAt: Date;
		decision: string | null;
		segments: string[];
		luminaires: string[];
	}>`
		SELECT o.kind, o.level_percent AS level, o.starts_at AS "startsAt", o.ends_at AS "endsAt", o.decision,
			coalesce(array_agg(t.segment_id) FILTER (WHERE t.segment_id IS NOT NULL), '{}') AS segments,
			coalesce(array_agg(t.luminaire_id) FILTER (WHERE t.luminaire_id IS NOT NULL), '{}') AS luminaires
		FROM operations.light_override o
		JOIN operations.light_override_target t ON t.override_id = o.id
		WHERE o.cancelled_at IS NULL AND o.ends_at > ${context.now()}
		GROUP BY o.id ORDER BY o.created_at, o.id`.execute(context.db);
	return rows.map((row) => {
		const segments = new Set(row.segments.map((id) => segmentIndex.get(id)));
		const luminaires = new Set(row.luminaires);
		return {
			kind: row.kind,
			level: row.level,
			from: row.startsAt.getTime(),
			to: row.endsAt.getTime(),
			allowed: row.decision !== null,
			lamps: Int32Array.from(
				lamps.flatMap(({ id, segment }, index) =>
					segments.has(segment) || luminaires.has(id) ? [index] : [],
				),
			),
		};
	});
}
