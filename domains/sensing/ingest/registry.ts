import { createListening, type Platform } from '@parvis/platform';
import { compileMapping, type Mapped, mappingSchema } from '../mapping.ts';
import { type Identifier, identifierText } from './message.ts';

/** What ingest has to know of a device, kept in memory. */
export interface KnownDevice {
	id: string;
	retired: boolean;
	codec: { id: string; source: string } | null;
	map(fields: Readonly<Record<string, unknown>>): Mapped;
	/** Series id by property. */
	series: Map<string, number>;
	/** How many properties its mapping can give. */
	properties: number;
	/** Every property it can give has its series. */
	complete: boolean;
}

interface Row {
	identifier: string;
	id: string;
	status: string;
	codec_source: string | null;
	codec_version: string | null;
	mapping: unknown;
	parameters: Record<string, number>;
	series: Record<string, number> | null;
}

export interface Registry {
	start(): Promise<void>;
	stop(): Promise<void>;
	/** Devices by identifier; those nobody declared are absent, and asked for again next time. */
	find(identifiers: readonly Identifier[]): Promise<Map<string, KnownDevice>>;
	/** Ids of the series, made where they are new. */
	ensureSeries(wanted: readonly { device: KnownDevice; property: string; unit: string }[]): Promise<void>;
}

/** Devices and their series by identifier, read once and forgotten when any device or type changes anywhere. */
export function createRegistry(platform: Platform): Registry {
	let known = new Map<string, KnownDevice>();
	/** Counts changes: what was read before one is not kept after it. */
	let generation = 0;

	function forget(): void {
		known = new Map();
		generation++;
	}

	const listening = createListening(platform.pool, 'sensing_devices', forget, forget);

	return {
		start: listening.start,
		stop: listening.stop,

		async find(identifiers) {
			const found = new Map<string, KnownDevice>();
			const missing = new Set<string>();
			for (const identifier of identifiers) {
				const name = identifierText(identifier);
				const device = known.get(name);
				if (device) found.set(name, device);
				else missing.add(name);
			}
			if (!missing.size) return found;
			const before = generation;
			const { rows } = await platform.pool.query<Row>(
				`SELECT given.identifier, device.id, device.status, type.codec_source, type.codec_version,
					type.mapping, device.parameters,
					(SELECT jsonb_object_agg(series.property, series.id) FROM sensing.series
						WHERE series.device_id = device.id) AS series
				FROM unnest($1::text[]) AS given(identifier)
				JOIN sensing.device ON device.dev_eui = given.identifier OR device.external_id = given.identifier
				JOIN sensing.device_type type ON type.id = device.type_id`,
				[[...missing]],
			);
			for (const row of rows) {
				const mapping = mappingSchema.safeParse(row.mapping);
				const device: KnownDevice = {
					id: row.id,
					retired: row.status === 'retired',
					codec:
						row.codec_source === null ? null : { id: row.codec_version ?? row.id, source: row.codec_source },
					map: compileMapping(mapping.success ? mapping.data : [], row.parameters),
					series: new Map(Object.entries(row.series ?? {})),
					properties: mapping.success ? mapping.data.length : 0,
					complete: false,
				};
				found.set(row.identifier, device);
				if (generation === before && listening.connected) known.set(row.identifier, device);
			}
			return found;
		},

		async ensureSeries(wanted) {
			if (!wanted.length) return;
			const devices = new Map(wanted.map(({ device }) => [device.id, device]));
			await platform.pool.query(
				`INSERT INTO sensing.series (device_id, property, unit)
				SELECT DISTINCT ON (1, 2) * FROM unnest($1::uuid[], $2::text[], $3::text[])
				ORDER BY 1, 2 ON CONFLICT (device_id, property) DO NOTHING`,
				[
					wanted.map(({ device }) => device.id),
					wanted.map(({ property }) => property),
					wanted.map(({ unit }) => unit),
				],
			);
			const { rows } = await platform.pool.query<{ id: number; device_id: string; property: string }>(
				'SELECT id, device_id, property FROM sensing.series WHERE device_id = ANY($1::uuid[])',
				[[...devices.keys()]],
			);
			for (const { id, device_id, property } of rows) devices.get(device_id)?.series.set(property, id);
		},
	};
}
