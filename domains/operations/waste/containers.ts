import { asId, CsvError, changing, newId, ok, parseCsv, type Result, refuse, system } from '@parvis/platform';
import { type Context, type Db, parseInput } from '../context.ts';
import { mayManage, maySee, mayWork } from '../policies.ts';
import { nameOf, oneByOne } from './changed.ts';
import { flowMap, selectContainers, toContainer } from './container-rows.ts';
import type { Containers, ImportReport, Setup } from './face.ts';
import { type ContainerInput, containerInput, pickupInput } from './input.ts';
import { recordPickup } from './pickups.ts';

interface Prepared {
	externalId: string | null;
	columns: Record<string, unknown>;
}

const mostRows = 5000;
const levelProperty = 'fillingLevel';

/** What opens an intervention; interventions are another part of this room. */
export type OpenIntervention = (
	actor: Parameters<Containers['reportSensor']>[0],
	input: {
		key: string;
		title: string;
		description: string;
		placeId: string | null;
		longitude: number;
		latitude: number;
	},
) => Promise<Result<{ id: string }>>;

export function createContainers(
	context: Context,
	setup: Setup,
	openIntervention: OpenIntervention | null,
): Containers {
	const { db, platform, town, sensing, now } = context;

	/** Devices by what they call themselves. */
	async function findDevice(identifier: string): Promise<string | null> {
		const found = await sensing.devices.list(system, { text: identifier, pageSize: 20 });
		if (!found.ok) return null;
		const wanted = identifier.toLowerCase();
		return (
			found.value.items.find(
				({ devEui, externalId }) => devEui === wanted || externalId?.toLowerCase() === wanted,
			)?.id ?? null
		);
	}

	/** What the input refers to, found; or why it cannot be kept. */
	async function resolve(input: ContainerInput): Promise<Result<Record<string, unknown>>> {
		const flows = flowMap(await setup.flows());
		if (!flows.has(input.flow)) return refuse('operations.waste_flow_unknown', { flow: input.flow });
		const place = input.place ? (await town.places.find([input.place])).get(input.place) : undefined;
		if (input.place && !place) return refuse('operations.place_unknown', { place: input.place });
		const longitude = input.longitude ?? place?.longitude ?? null;
		const latitude = input.latitude ?? place?.latitude ?? null;
		if (longitude === null || latitude === null) return refuse('operations.position_missing');
		const deviceId = input.sensor ? await findDevice(input.sensor) : null;
		if (input.sensor && !deviceId) return refuse('operations.waste_sensor_unknown', { sensor: input.sensor });
		return ok({
			name: input.name,
			flow: input.flow,
			volume_liters: input.volumeLiters,
			place_id: place?.id ?? null,
			longitude,
			latitude,
			address: input.address,
			access_side: input.accessSide ?? null,
			access_note: input.accessNote,
			max_height_meters: input.maxHeightMeters ?? null,
			max_weight_tonnes: input.maxWeightTonnes ?? null,
			skills: input.skills,
			service_seconds: input.serviceSeconds,
			device_id: deviceId,
			sensor: input.sensor || null,
			active: input.active,
			...(input.externalId && { external_id: input.externalId }),
		});
	}

	async function write(
		trx: Db,
		known: { id: string; version: number } | undefined,
		columns: Record<string, unknown>,
	): Promise<Result<{ id: string; created: boolean }>> {
		const id = known?.id ?? newId();
		if (columns.device_id) {
			const other = await trx
				.selectFrom('operations.waste_container')
				.select('name')
				.where('device_id', '=', String(columns.device_id))
				.where('id', '!=', id)
				.executeTakeFirst();
			if (other) return refuse('operations.waste_sensor_taken', { name: other.name });
		}
		if (known)
			await trx
				.updateTable('operations.waste_container')
				.set({ ...columns, version: known.version + 1, updated_at: now() })
				.where('id', '=', id)
				.execute();
		else
			await trx
				.insertInto('operations.waste_container')
				.values({ id, ...columns, created_at: now(), updated_at: now() } as never)
				.execute();
		return ok({ id, created: !known });
	}

	/** What is asked of the neighbours comes before the transaction, which keeps a connection for itself. */
	async function prepare(input: unknown): Promise<Result<Prepared>> {
		const parsed = parseInput(containerInput, input);
		if (!parsed.ok) return parsed;
		const columns = await resolve(parsed.value);
		return columns.ok ? ok({ externalId: parsed.value.externalId ?? null, columns: columns.value }) : columns;
	}

	/** Within a transaction: an import written dry is one that is undone. */
	async function saveIn(
		trx: Db,
		{ externalId, columns }: Prepared,
	): Promise<Result<{ id: string; created: boolean }>> {
		await oneByOne(trx, externalId);
		const known = externalId
			? await trx
					.selectFrom('operations.waste_container')
					.select(['id', 'version'])
					.where('external_id', '=', externalId)
					.forUpdate()
					.executeTakeFirst()
			: undefined;
		return write(trx, known, columns);
	}

	const importMany: Containers['importMany'] = async (actor, rows, { dryRun }) => {
		if (!mayManage(actor)) return refuse('platform.not_allowed');
		if (rows.length > mostRows) return refuse('operations.import_too_long', { most: mostRows });
		const report: ImportReport = { dryRun, created: 0, updated: 0, refused: [] };
		for (const { line, fields } of rows) {
			const prepared = await prepare(fields);
			const saved = prepared.ok
				? await changing(db, async (trx) => {
						const outcome = await saveIn(trx, prepared.value);
						if (!outcome.ok || !dryRun) return outcome;
						return refuse('dry', { created: outcome.value.created ? 1 : 0 });
					})
				: prepared;
			const dry = !saved.ok && saved.error === 'dry';
			if (!saved.ok && !dry)
				report.refused.push({ line, error: saved.error, ...(saved.detail && { detail: saved.detail }) });
			else if (saved.ok ? saved.value.created : saved.detail?.created) report.created++;
			else report.updated++;
		}
		if (!dryRun)
			await platform.audit.record(null, {
				actor,
				action: 'operations.waste_containers.imported',
				detail: { created: report.created, updated: report.updated },
			});
		return ok(report);
	};

	return {
		importMany,

		async importCsv(actor, csv, options) {
			try {
				const rows = parseCsv(csv).map(({ line, cells }) => ({ line, fields: fieldsOf(cells) }));
				return await importMany(actor, rows, options);
			} catch (error) {
				if (error instanceof CsvError) return refuse('operations.csv_unreadable', { line: error.line });
				throw error;
			}
		},

		async list(actor, filter) {
			if (!maySee(actor)) return refuse('platform.not_allowed');
			const flows = flowMap(await setup.flows());
			return ok((await selectContainers(db, filter)).map((row) => toContainer(row, flows)));
		},

		async get(actor, id) {
			if (!maySee(actor)) return refuse('platform.not_allowed');
			const [row] = await selectContainers(db, { ids: [asId(id)], includeInactive: true });
			if (!row) return refuse('operations.waste_container_unknown');
			const pickups = await db
				.selectFrom('operations.waste_pickup')
				.selectAll()
				.where('container_id', '=', row.id)
				.orderBy('at', 'desc')
				.limit(60)
				.execute();
			return ok({
				...toContainer(row, flowMap(await setup.flows())),
				pickups: pickups.map((pickup) => ({
					id: pickup.id,
					at: pickup.at,
					source: pickup.source,
					fillPercent: pickup.fill_percent,
					levelPercent: pickup.level_percent,
					kilograms: pickup.kilograms,
				})),
			});
		},

		async save(actor, input) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const prepared = await prepare(input);
			if (!prepared.ok) return prepared;
			const saved = await changing(db, (trx) => saveIn(trx, prepared.value));
			if (saved.ok)
				await platform.audit.record(null, {
					actor,
					action: 'operations.waste_container.saved',
					subject: saved.value.id,
				});
			return saved;
		},

		async change(actor, id, input, version) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(containerInput, input);
			if (!parsed.ok) return parsed;
			const columns = await resolve(parsed.value);
			if (!columns.ok) return columns;
			const changed = await changing(db, async (trx) => {
				const known = await trx
					.selectFrom('operations.waste_container')
					.select(['id', 'version'])
					.where('id', '=', asId(id))
					.forUpdate()
					.executeTakeFirst();
				if (!known) return refuse('operations.waste_container_unknown');
				if (version !== undefined && version !== known.version) return refuse('operations.changed_meanwhile');
				return write(trx, known, columns.value);
			});
			if (!changed.ok) return changed;
			await platform.audit.record(null, {
				actor,
				action: 'operations.waste_container.changed',
				subject: id,
			});
			return ok(null);
		},

		async recordPickup(actor, id, input) {
			if (!mayWork(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(pickupInput, input);
			if (!parsed.ok) return parsed;
			const at = parsed.value.at ?? now();
			if (at > now()) return refuse('operations.in_the_future');
			return changing(db, async (trx) => {
				const known = await trx
					.selectFrom('operations.waste_container')
					.select('id')
					.where('id', '=', asId(id))
					.executeTakeFirst();
				if (!known) return refuse('operations.waste_container_unknown');
				await recordPickup(context, trx, {
					containerId: known.id,
					at,
					source: 'hand',
					stopId: null,
					fillPercent: parsed.value.fillPercent ?? null,
					kilograms: parsed.value.kilograms ?? null,
				});
				return ok(null);
			});
		},

		async reportSensor(actor, id) {
			if (!mayWork(actor)) return refuse('platform.not_allowed');
			const [row] = await selectContainers(db, { ids: [asId(id)] });
			if (!row) return refuse('operations.waste_container_unknown');
			if (!row.doubt || !openIntervention) return refuse('operations.waste_sensor_trusted');
			const { t } = platform.messages;
			const opened = await openIntervention(actor, {
				// The same fault of the same day is one intervention.
				key: `waste-sensor/${row.id}/${row.doubt}/${row.made_at?.toISOString().slice(0, 7)}`,
				title: t('fr', 'operations.waste_sensor_title', { name: row.name }),
				description: t('fr', `operations.waste_doubt.${row.doubt}`, {
					sensor: row.sensor ?? '',
					by: nameOf(actor),
				}),
				placeId: row.place_id,
				longitude: row.longitude,
				latitude: row.latitude,
			});
			return opened.ok ? ok({ interventionId: opened.value.id }) : opened;
		},

		async levels(actor, id, from, to) {
			if (!maySee(actor)) return refuse('platform.not_allowed');
			const [row] = await selectContainers(db, { ids: [asId(id)], includeInactive: true });
			if (!row) return refuse('operations.waste_container_unknown');
			if (!row.device_id) return ok([]);
			const [series] = await sensing.reading.series(system, {
				deviceIds: [row.device_id],
				property: levelProperty,
			});
			if (!series) return ok([]);
			const read = await sensing.reading.aggregates(system, series.id, 'hour', from, to);
			return read.ok ? ok(read.value.aggregates.map(({ from: at, last }) => ({ at, percent: last }))) : read;
		},
	};
}

const numbers = [
	'volumeLiters',
	'longitude',
	'latitude',
	'maxHeightMeters',
	'maxWeightTonnes',
	'serviceSeconds',
];

/** Cells of a CSV as the API would take them: numbers with a French comma, skills by spaces or commas. */
function fieldsOf(cells: Record<string, string>): Record<string, unknown> {
	const fields: Record<string, unknown> = {};
	for (const [name, text] of Object.entries(cells)) {
		if (text === '') continue;
		if (numbers.includes(name)) fields[name] = Number(text.replace(',', '.'));
		else if (name === 'skills') fields[name] = text.split(/[\s,|]+/).filter(Boolean);
		else if (name === 'active') fields[name] = !/^(false|non|no|0)$/i.test(text);
		else fields[name] = text;
	}
	return fields;
}
