import { isDeepStrictEqual } from 'node:util';
import type { Actor, Result } from '@parvis/platform';
import { newId, ok, refuse } from '@parvis/platform';
import { sql } from 'kysely';
import { z } from 'zod';
import { type Codecs, codecVersion, tryOut } from './codec-trial.ts';
import { type Context, emptyAsNull, parseInput, uniqueViolation } from './context.ts';
import type { Changes, DeviceType, DeviceTypeInput, DeviceTypes } from './face.ts';
import { mappingSchema } from './mapping.ts';
import { mayManageDevices, maySeeDevices } from './policies.ts';

const codecSource = z
	.string()
	.max(512 * 1024, 'sensing.codec_too_large')
	.transform((source) => (source.trim() === '' ? null : source))
	.nullable();

/** A device type as forms, API and files give it. */
export const deviceTypeInput = z.object({
	vendor: z.string().trim().min(1, 'sensing.vendor_missing').max(100),
	model: z.string().trim().min(1, 'sensing.model_missing').max(100),
	name: z.string().trim().min(1, 'sensing.name_missing').max(200),
	description: z.string().trim().max(5000).default(''),
	codecSource: codecSource.default(null),
	mapping: mappingSchema,
	expectedIntervalSeconds: z.coerce
		.number()
		.int('sensing.interval_invalid')
		.min(1, 'sensing.interval_invalid')
		.max(31 * 86_400, 'sensing.interval_invalid'),
	retentionDays: emptyAsNull(
		z.coerce
			.number()
			.int('sensing.retention_invalid')
			.min(1, 'sensing.retention_invalid')
			.max(36_500, 'sensing.retention_invalid'),
	).default(null),
});

interface Row {
	id: string;
	vendor: string;
	model: string;
	name: string;
	description: string;
	codec_source: string | null;
	codec_version: string | null;
	mapping: unknown;
	expected_interval_seconds: number;
	retention_days: number | null;
	created_at: Date;
	updated_at: Date;
	device_count: number;
}

/**
 * Device types: what a model is, how its bytes are read, what they mean.
 * @param codecs runs and checks codecs; asked only when one is uploaded or tried
 */
export function createDeviceTypes({ platform, db }: Context, codecs: Codecs): DeviceTypes {
	async function select(id?: string): Promise<DeviceType[]> {
		const rows = await db
			.selectFrom('sensing.device_type as type')
			.selectAll()
			.select(
				sql<number>`(SELECT count(*)::int FROM sensing.device WHERE type_id = type.id AND status = 'active')`.as(
					'device_count',
				),
			)
			.$if(id !== undefined, (query) => query.where('type.id', '=', id ?? ''))
			.orderBy('vendor')
			.orderBy('model')
			.execute();
		return rows.map(toType);
	}

	async function find(id: string): Promise<Result<DeviceType>> {
		const type = z.uuid().safeParse(id).success ? (await select(id))[0] : undefined;
		return type ? ok(type) : refuse('sensing.type_unknown');
	}

	async function create(actor: Actor, input: DeviceTypeInput): Promise<Result<DeviceType>> {
		if (!mayManageDevices(actor)) return refuse('platform.not_allowed');
		const parsed = parseInput(deviceTypeInput, input);
		if (!parsed.ok) return parsed;
		const values = parsed.value;
		if (values.codecSource !== null) {
			const checked = await codecs.check(values.codecSource);
			if (!checked.ok) return refuse(checked.error, checked.detail);
		}
		const id = newId();
		try {
			await db.transaction().execute(async (trx) => {
				await trx
					.insertInto('sensing.device_type')
					.values({ id, ...columns(values) })
					.execute();
				await platform.audit.record(trx, {
					actor,
					action: 'sensing.type.created',
					subject: `type:${id}`,
					detail: { vendor: values.vendor, model: values.model },
				});
			});
		} catch (error) {
			if (uniqueViolation(error) !== null)
				return refuse('sensing.type_exists', { vendor: values.vendor, model: values.model });
			throw error;
		}
		return find(id);
	}

	async function update(
		actor: Actor,
		id: string,
		changes: Changes<DeviceTypeInput>,
	): Promise<Result<{ type: DeviceType; changed: boolean }>> {
		if (!mayManageDevices(actor)) return refuse('platform.not_allowed');
		const found = await find(id);
		if (!found.ok) return found;
		const before = found.value;
		const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
		const parsed = parseInput(deviceTypeInput, { ...before, ...given });
		if (!parsed.ok) return parsed;
		const values = parsed.value;
		const after = columns(values);
		const readsDifferently =
			after.codec_version !== before.codecVersion || !isDeepStrictEqual(values.mapping, before.mapping);
		const describesDifferently = (
			['vendor', 'model', 'name', 'description', 'expectedIntervalSeconds', 'retentionDays'] as const
		).some((key) => values[key] !== before[key]);
		if (!readsDifferently && !describesDifferently) return ok({ type: before, changed: false });
		if (values.codecSource !== null && after.codec_version !== before.codecVersion) {
			const checked = await codecs.check(values.codecSource);
			if (!checked.ok) return refuse(checked.error, checked.detail);
		}
		try {
			await db.transaction().execute(async (trx) => {
				if (readsDifferently)
					await trx
						.insertInto('sensing.device_type_version')
						.values({
							id: newId(),
							type_id: id,
							replaced_by: actor.id,
							codec_source: before.codecSource,
							codec_version: before.codecVersion,
							mapping: JSON.stringify(before.mapping),
						})
						.execute();
				await trx
					.updateTable('sensing.device_type')
					.set({ ...after, updated_at: sql<Date>`now()` })
					.where('id', '=', id)
					.execute();
				await platform.audit.record(trx, {
					actor,
					action: 'sensing.type.changed',
					subject: `type:${id}`,
					detail: { codecVersion: after.codec_version, readsDifferently },
				});
			});
		} catch (error) {
			if (uniqueViolation(error) !== null)
				return refuse('sensing.type_exists', { vendor: values.vendor, model: values.model });
			throw error;
		}
		const renewed = await find(id);
		return renewed.ok ? ok({ type: renewed.value, changed: true }) : renewed;
	}

	return {
		async list(actor) {
			return maySeeDevices(actor) ? ok(await select()) : refuse('platform.not_allowed');
		},

		async get(actor, id) {
			return maySeeDevices(actor) ? find(id) : refuse('platform.not_allowed');
		},

		create,

		async update(actor, id, changes) {
			const updated = await update(actor, id, changes);
			return updated.ok ? ok(updated.value.type) : updated;
		},

		async upsert(actor, input) {
			if (!mayManageDevices(actor)) return refuse('platform.not_allowed');
			const existing = await db
				.selectFrom('sensing.device_type')
				.select('id')
				.where('vendor', '=', String(input.vendor).trim())
				.where('model', '=', String(input.model).trim())
				.executeTakeFirst();
			if (existing) {
				const updated = await update(actor, existing.id, input);
				return updated.ok ? ok({ ...updated.value, created: false }) : updated;
			}
			const created = await create(actor, input);
			return created.ok ? ok({ type: created.value, created: true, changed: true }) : created;
		},

		async remove(actor, id) {
			if (!mayManageDevices(actor)) return refuse('platform.not_allowed');
			const found = await find(id);
			if (!found.ok) return found;
			try {
				await db.transaction().execute(async (trx) => {
					await trx.deleteFrom('sensing.device_type').where('id', '=', id).execute();
					await platform.audit.record(trx, {
						actor,
						action: 'sensing.type.removed',
						subject: `type:${id}`,
						detail: { vendor: found.value.vendor, model: found.value.model },
					});
				});
			} catch (error) {
				if ((error as { code?: string }).code === '23503') return refuse('sensing.type_in_use');
				throw error;
			}
			return ok(null);
		},

		async versions(actor, id) {
			if (!maySeeDevices(actor)) return refuse('platform.not_allowed');
			const found = await find(id);
			if (!found.ok) return found;
			const rows = await db
				.selectFrom('sensing.device_type_version')
				.selectAll()
				.where('type_id', '=', id)
				.orderBy('replaced_at', 'desc')
				.limit(100)
				.execute();
			return ok(
				rows.map((row) => ({
					id: row.id,
					replacedAt: row.replaced_at,
					replacedBy: row.replaced_by,
					codecVersion: row.codec_version,
					codecSource: row.codec_source,
					mapping: mappingSchema.parse(row.mapping),
				})),
			);
		},

		async tryOut(actor, trial) {
			return mayManageDevices(actor) ? tryOut(codecs, trial) : refuse('platform.not_allowed');
		},
	};
}

function columns(values: z.output<typeof deviceTypeInput>) {
	return {
		vendor: values.vendor,
		model: values.model,
		name: values.name,
		description: values.description,
		codec_source: values.codecSource,
		codec_version: values.codecSource === null ? null : codecVersion(values.codecSource),
		mapping: JSON.stringify(values.mapping),
		expected_interval_seconds: values.expectedIntervalSeconds,
		retention_days: values.retentionDays,
	};
}

function toType(row: Row): DeviceType {
	return {
		id: row.id,
		vendor: row.vendor,
		model: row.model,
		name: row.name,
		description: row.description,
		codecSource: row.codec_source,
		codecVersion: row.codec_version,
		mapping: mappingSchema.parse(row.mapping),
		expectedIntervalSeconds: row.expected_interval_seconds,
		retentionDays: row.retention_days,
		deviceCount: row.device_count,
		createdAt: row.created_at,
		updatedAt: row.updated_at,
	};
}
