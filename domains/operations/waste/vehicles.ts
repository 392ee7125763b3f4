import { asId, changing, newId, ok, refuse, system } from '@parvis/platform';
import { type Context, type Db, parseInput } from '../context.ts';
import { mayManage, maySee } from '../policies.ts';
import { byReference, markPlansStale, nameOf, oneByOne } from './changed.ts';
import type { Compartment, Setup, Vehicle, VehicleAbsence, Vehicles } from './face.ts';
import { absenceInput, vehicleInput } from './input.ts';
import { dayOf } from './rules/days.ts';

/** Trucks, and when they are off. */
export function createVehicles(context: Context, setup: Setup): Vehicles {
	const { db, platform, identity, now } = context;

	async function columnsOf(input: unknown) {
		const parsed = parseInput(vehicleInput, input);
		if (!parsed.ok) return parsed;
		const { value } = parsed;
		const flows = new Set((await setup.flows()).map(({ code }) => code));
		const strange = value.compartments.find(({ flow }) => !flows.has(flow));
		if (strange) return refuse('operations.waste_flow_unknown', { flow: strange.flow });
		if (new Set(value.compartments.map(({ flow }) => flow)).size < value.compartments.length)
			return refuse('operations.waste_flow_twice');
		if (value.shiftTo <= value.shiftFrom) return refuse('operations.waste_shift_backwards');
		const sites = await db
			.selectFrom('operations.waste_site')
			.select(['id', 'external_id'])
			.where('kind', '=', 'depot')
			.execute();
		const depot = byReference(sites)(value.depot);
		if (!depot) return refuse('operations.waste_site_unknown');
		return ok({
			externalId: value.externalId ?? null,
			columns: {
				name: value.name,
				compartments: JSON.stringify(value.compartments),
				payload_kilograms: value.payloadKilograms,
				height_meters: value.heightMeters,
				weight_tonnes: value.weightTonnes,
				liters_per_100km: value.litersPer100Kilometers,
				fuel_factor: value.fuelFactor,
				depot_id: depot.id,
				shift_from: value.shiftFrom,
				shift_to: value.shiftTo,
				overtime_after_seconds: value.overtimeAfterSeconds,
				skills: value.skills,
				driver_id: value.driverId ?? null,
				active: value.active,
				...(value.externalId && { external_id: value.externalId }),
			},
		});
	}

	return {
		async list(actor) {
			if (!maySee(actor)) return refuse('platform.not_allowed');
			return ok(await readVehicles(context, db));
		},

		async save(actor, input) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const read = await columnsOf(input);
			if (!read.ok) return read;
			const { externalId, columns } = read.value;
			return changing(db, async (trx) => {
				await oneByOne(trx, externalId);
				const known = externalId
					? await trx
							.selectFrom('operations.waste_vehicle')
							.select(['id', 'version'])
							.where('external_id', '=', externalId)
							.forUpdate()
							.executeTakeFirst()
					: undefined;
				const id = known?.id ?? newId();
				if (known)
					await trx
						.updateTable('operations.waste_vehicle')
						.set({ ...columns, version: known.version + 1, updated_at: now() })
						.where('id', '=', id)
						.execute();
				else
					await trx
						.insertInto('operations.waste_vehicle')
						.values({ id, ...columns, created_at: now(), updated_at: now() })
						.execute();
				await platform.audit.record(trx, { actor, action: 'operations.waste_vehicle.saved', subject: id });
				return ok({ id, created: !known });
			});
		},

		async change(actor, id, input, version) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const read = await columnsOf(input);
			if (!read.ok) return read;
			return changing(db, async (trx) => {
				const known = await trx
					.selectFrom('operations.waste_vehicle')
					.select('version')
					.where('id', '=', asId(id))
					.forUpdate()
					.executeTakeFirst();
				if (!known) return refuse('operations.waste_vehicle_unknown');
				if (version !== undefined && version !== known.version) return refuse('operations.changed_meanwhile');
				await trx
					.updateTable('operations.waste_vehicle')
					.set({ ...read.value.columns, version: known.version + 1, updated_at: now() })
					.where('id', '=', id)
					.execute();
				await markPlansStale(trx, dayOf(now()), 'vehicle');
				await platform.audit.record(trx, { actor, action: 'operations.waste_vehicle.changed', subject: id });
				return ok(null);
			});
		},

		async declareAbsence(actor, id, input) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(absenceInput, input);
			if (!parsed.ok) return parsed;
			return changing(db, async (trx) => {
				const vehicle = await trx
					.selectFrom('operations.waste_vehicle')
					.select('id')
					.where('id', '=', asId(id))
					.executeTakeFirst();
				if (!vehicle) return refuse('operations.waste_vehicle_unknown');
				const absenceId = newId();
				await trx
					.insertInto('operations.waste_vehicle_absence')
					.values({
						id: absenceId,
						vehicle_id: vehicle.id,
						from_day: parsed.value.fromDay,
						to_day: parsed.value.toDay,
						reason: parsed.value.reason,
						declared_by: nameOf(actor),
						created_at: now(),
					})
					.execute();
				const today = dayOf(now());
				const from = later(parsed.value.fromDay, today);
				await platform.events.publish(trx, 'operations.waste.vehicle_absent', {
					vehicleId: vehicle.id,
					fromDay: parsed.value.fromDay,
					toDay: parsed.value.toDay,
				});
				if (parsed.value.toDay >= today) await markPlansStale(trx, from, 'vehicle', parsed.value.toDay);
				await platform.audit.record(trx, {
					actor,
					action: 'operations.waste_vehicle.absent',
					subject: vehicle.id,
					detail: parsed.value,
				});
				return ok({ id: absenceId });
			});
		},

		async removeAbsence(actor, absenceId) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const removed = await db
				.deleteFrom('operations.waste_vehicle_absence')
				.where('id', '=', asId(absenceId))
				.returning(['from_day', 'to_day'])
				.executeTakeFirst();
			if (!removed) return refuse('operations.waste_vehicle_unknown');
			const today = dayOf(now());
			await markPlansStale(db, later(removed.from_day, today), 'vehicle', removed.to_day);
			return ok(null);
		},

		async drivers(actor) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const found = await identity.people.list(system, { role: 'operations:agent', limit: 200 });
			return found.ok ? ok(found.value.people.map(({ id, name }) => ({ id, name }))) : found;
		},
	};
}

/** All trucks with their absences, by name. */
export async function readVehicles({ identity }: Pick<Context, 'identity'>, db: Db): Promise<Vehicle[]> {
	const [rows, absences] = await Promise.all([
		db.selectFrom('operations.waste_vehicle').selectAll().orderBy('name').execute(),
		db.selectFrom('operations.waste_vehicle_absence').selectAll().orderBy('from_day').execute(),
	]);
	const names = await identity.people.names(rows.flatMap(({ driver_id }) => driver_id ?? []));
	return rows.map((row) => ({
		id: row.id,
		externalId: row.external_id,
		name: row.name,
		compartments: row.compartments as Compartment[],
		payloadKilograms: row.payload_kilograms,
		heightMeters: row.height_meters,
		weightTonnes: row.weight_tonnes,
		litersPer100Kilometers: row.liters_per_100km,
		fuelFactor: row.fuel_factor,
		depotId: row.depot_id,
		shiftFrom: row.shift_from.slice(0, 5),
		shiftTo: row.shift_to.slice(0, 5),
		overtimeAfterSeconds: row.overtime_after_seconds,
		skills: row.skills,
		driver: row.driver_id ? { id: row.driver_id, name: names.get(row.driver_id) ?? '' } : null,
		active: row.active,
		absences: absences
			.filter(({ vehicle_id }) => vehicle_id === row.id)
			.map(
				(absence): VehicleAbsence => ({
					id: absence.id,
					fromDay: absence.from_day,
					toDay: absence.to_day,
					reason: absence.reason,
					declaredBy: absence.declared_by,
				}),
			),
		version: row.version,
	}));
}

const later = (a: string, b: string) => [a, b].sort()[1] ?? b;

/** Why a truck is off on a day; null: it is there. */
export function absenceOn(vehicle: Vehicle, day: string): VehicleAbsence | null {
	return vehicle.absences.find(({ fromDay, toDay }) => fromDay <= day && day <= toDay) ?? null;
}
