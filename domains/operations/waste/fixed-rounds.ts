import { asId, changing, newId, ok, refuse } from '@parvis/platform';
import { type Context, parseInput } from '../context.ts';
import { mayManage, maySee } from '../policies.ts';
import { byReference, oneByOne } from './changed.ts';
import type { FixedRound, FixedRounds } from './face.ts';
import { fixedRoundInput } from './input.ts';

/** What the town declares it did before it planned by levels: the baseline. */
export function createFixedRounds({ db, platform, now }: Context): FixedRounds {
	return {
		async list(actor) {
			if (!maySee(actor)) return refuse('platform.not_allowed');
			const [rows, containers] = await Promise.all([
				db
					.selectFrom('operations.waste_fixed_round as round')
					.innerJoin('operations.waste_vehicle as vehicle', 'vehicle.id', 'round.vehicle_id')
					.selectAll('round')
					.select('vehicle.name as vehicle_name')
					.orderBy('round.name')
					.execute(),
				db.selectFrom('operations.waste_container').select(['id', 'name', 'flow']).execute(),
			]);
			const byId = new Map(containers.map((container) => [container.id, container]));
			return ok(
				rows.map(
					(row): FixedRound => ({
						id: row.id,
						externalId: row.external_id,
						name: row.name,
						vehicle: { id: row.vehicle_id, name: row.vehicle_name },
						weekdays: row.weekdays,
						containers: row.containers.flatMap((id) => byId.get(id) ?? []),
						active: row.active,
						version: row.version,
					}),
				),
			);
		},

		async save(actor, input, id) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(fixedRoundInput, input);
			if (!parsed.ok) return parsed;
			const { value } = parsed;
			const [vehicles, containers] = await Promise.all([
				db.selectFrom('operations.waste_vehicle').select(['id', 'external_id']).execute(),
				db.selectFrom('operations.waste_container').select(['id', 'external_id']).execute(),
			]);
			const vehicle = byReference(vehicles)(value.vehicle);
			if (!vehicle) return refuse('operations.waste_vehicle_unknown');
			const find = byReference(containers);
			const strange = value.containers.find((reference) => !find(reference));
			if (strange) return refuse('operations.waste_container_unknown', { container: strange });
			return changing(db, async (trx) => {
				await oneByOne(trx, value.externalId);
				const known = await trx
					.selectFrom('operations.waste_fixed_round')
					.select(['id', 'version'])
					.where((match) =>
						id ? match('id', '=', asId(id)) : match('external_id', '=', value.externalId ?? null),
					)
					.forUpdate()
					.executeTakeFirst();
				if (id && !known) return refuse('operations.waste_fixed_round_unknown');
				const columns = {
					name: value.name,
					vehicle_id: vehicle.id,
					weekdays: value.weekdays,
					containers: [...new Set(value.containers.flatMap((reference) => find(reference)?.id ?? []))],
					active: value.active,
					updated_at: now(),
					...(value.externalId && { external_id: value.externalId }),
				};
				const roundId = known?.id ?? newId();
				if (known)
					await trx
						.updateTable('operations.waste_fixed_round')
						.set({ ...columns, version: known.version + 1 })
						.where('id', '=', roundId)
						.execute();
				else
					await trx
						.insertInto('operations.waste_fixed_round')
						.values({ id: roundId, ...columns, created_at: now() })
						.execute();
				await platform.audit.record(trx, {
					actor,
					action: 'operations.waste_fixed_round.saved',
					subject: roundId,
				});
				return ok({ id: roundId, created: !known });
			});
		},

		async remove(actor, id) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			await db.deleteFrom('operations.waste_fixed_round').where('id', '=', asId(id)).execute();
			await platform.audit.record(null, {
				actor,
				action: 'operations.waste_fixed_round.removed',
				subject: id,
			});
			return ok(null);
		},
	};
}
