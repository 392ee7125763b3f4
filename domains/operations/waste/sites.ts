import { asId, changing, newId, ok, refuse } from '@parvis/platform';
import type { Selectable } from 'kysely';
import { type Context, parseInput } from '../context.ts';
import { mayManage, maySee } from '../policies.ts';
import type { DB } from '../tables.ts';
import { oneByOne } from './changed.ts';
import type { Setup, Site, Sites } from './face.ts';
import { siteInput } from './input.ts';

export const toSite = (row: Selectable<DB['operations.waste_site']>): Site => ({
	id: row.id,
	externalId: row.external_id,
	kind: row.kind,
	name: row.name,
	longitude: row.longitude,
	latitude: row.latitude,
	flows: row.flows,
	openingHours: row.opening_hours,
	serviceSeconds: row.service_seconds,
	active: row.active,
});

/** Depots, and where trucks unload. */
export function createSites({ db, platform, town, now }: Context, setup: Setup): Sites {
	return {
		async list(actor) {
			if (!maySee(actor)) return refuse('platform.not_allowed');
			const rows = await db.selectFrom('operations.waste_site').selectAll().orderBy('name').execute();
			return ok(rows.map(toSite));
		},

		async save(actor, input, id) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(siteInput, input);
			if (!parsed.ok) return parsed;
			const { value } = parsed;
			if (value.openingHours && !town.openingHours.week(value.openingHours, now()))
				return refuse('operations.field_invalid', { field: 'openingHours' });
			const flows = new Set((await setup.flows()).map(({ code }) => code));
			const strange = value.flows.find((flow) => !flows.has(flow));
			if (strange) return refuse('operations.waste_flow_unknown', { flow: strange });
			return changing(db, async (trx) => {
				await oneByOne(trx, value.externalId);
				const known = await trx
					.selectFrom('operations.waste_site')
					.select('id')
					.where((match) =>
						id ? match('id', '=', asId(id)) : match('external_id', '=', value.externalId ?? null),
					)
					.executeTakeFirst();
				if (id && !known) return refuse('operations.waste_site_unknown');
				const columns = {
					kind: value.kind,
					name: value.name,
					longitude: value.longitude,
					latitude: value.latitude,
					flows: value.flows,
					opening_hours: value.openingHours || null,
					service_seconds: value.serviceSeconds,
					active: value.active,
					...(value.externalId && { external_id: value.externalId }),
				};
				const siteId = known?.id ?? newId();
				if (known)
					await trx.updateTable('operations.waste_site').set(columns).where('id', '=', siteId).execute();
				else
					await trx
						.insertInto('operations.waste_site')
						.values({ id: siteId, ...columns, created_at: now() })
						.execute();
				await platform.audit.record(trx, { actor, action: 'operations.waste_site.saved', subject: siteId });
				return ok({ id: siteId, created: !known });
			});
		},
	};
}
