import { sql } from 'kysely';
import type { Db } from '../context.ts';
import type { Container, ContainerFilter, FillForecast, Flow, ForecastDay } from './face.ts';

export interface ContainerRow {
	id: string;
	external_id: string | null;
	name: string;
	flow: string;
	volume_liters: number;
	place_id: string | null;
	longitude: number;
	latitude: number;
	address: string;
	access_side: 'left' | 'right' | null;
	access_note: string;
	max_height_meters: number | null;
	max_weight_tonnes: number | null;
	skills: string[];
	service_seconds: number;
	device_id: string | null;
	active: boolean;
	emptied_at: Date | null;
	version: number;
	sensor: string | null;
	made_at: Date | null;
	source: 'sensor' | 'siblings' | null;
	doubt: FillForecast['doubt'];
	level_percent: number | null;
	level_spread: number | null;
	level_at: Date | null;
	percent_per_day: number | null;
	days: unknown;
}

/** Containers with their forecasts. */
export async function selectContainers(db: Db, filter: ContainerFilter = {}): Promise<ContainerRow[]> {
	const { doubtful, ids, includeInactive, sort = 'name' } = filter;
	// As they came in an address; PostgreSQL takes no NUL.
	const flow = filter.flow?.replaceAll('\0', '');
	const text = filter.text?.replaceAll('\0', '').trim();
	const like = text ? `%${text.replaceAll(/[\\%_]/g, '\\$&')}%` : null;
	const order = {
		name: sql`container.name, container.id`,
		level: sql`forecast.level_percent DESC NULLS LAST, container.name, container.id`,
		overflow: sql`round((forecast.days -> 1 ->> 'overflow')::numeric, 2) DESC NULLS LAST,
			forecast.level_percent DESC NULLS LAST, container.name, container.id`,
	}[sort];
	const { rows } = await sql<ContainerRow>`
		SELECT container.*, forecast.made_at, forecast.source, forecast.doubt, forecast.level_percent,
			forecast.level_spread, forecast.level_at, forecast.percent_per_day, forecast.days
		FROM operations.waste_container container
		LEFT JOIN operations.waste_forecast forecast ON forecast.container_id = container.id
		WHERE (container.active OR ${includeInactive ?? false})
			AND (${flow ?? null}::text IS NULL OR container.flow = ${flow ?? null})
			AND (${ids ?? null}::uuid[] IS NULL OR container.id = ANY(${ids ?? null}::uuid[]))
			AND (NOT ${doubtful ?? false} OR forecast.doubt IS NOT NULL)
			AND (${like}::text IS NULL OR public.unaccent(container.name || ' ' || container.address || ' '
				|| coalesce(container.external_id, '')) ILIKE public.unaccent(${like}))
		ORDER BY ${order}`.execute(db);
	return rows;
}

export function toContainer(row: ContainerRow, flows: ReadonlyMap<string, Flow>): Container {
	const flow = flows.get(row.flow);
	if (!flow) throw new Error(`flow ${row.flow} is not there`);
	return {
		id: row.id,
		externalId: row.external_id,
		name: row.name,
		flow,
		volumeLiters: row.volume_liters,
		placeId: row.place_id,
		longitude: row.longitude,
		latitude: row.latitude,
		address: row.address,
		accessSide: row.access_side,
		accessNote: row.access_note,
		maxHeightMeters: row.max_height_meters,
		maxWeightTonnes: row.max_weight_tonnes,
		skills: row.skills,
		serviceSeconds: row.service_seconds,
		deviceId: row.device_id,
		sensor: row.sensor,
		active: row.active,
		lastPickupAt: row.emptied_at,
		forecast:
			row.made_at && row.source
				? {
						madeAt: row.made_at,
						source: row.source,
						doubt: row.doubt,
						levelPercent: row.level_percent ?? 0,
						levelSpread: row.level_spread ?? 0,
						levelAt: row.level_at,
						percentPerDay: row.percent_per_day ?? 0,
						days: row.days as ForecastDay[],
					}
				: null,
		version: row.version,
	};
}

export const flowMap = (flows: readonly Flow[]) => new Map(flows.map((flow) => [flow.code, flow]));
