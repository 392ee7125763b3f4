import { sql } from 'kysely';
import type { Context } from './context.ts';

/**
 * Bring the kind of each device's place up to what the town says now: who may see what it measures depends on it.
 * A device whose place is gone stands nowhere, and so shows nothing to visitors.
 * @returns how many devices changed
 */
export async function refreshPlaces({ db, findPlaces }: Context): Promise<number> {
	const rows = await db
		.selectFrom('sensing.device')
		.select(['place_id', 'place_kind'])
		.distinct()
		.where('place_id', 'is not', null)
		.execute();
	const ids = rows.flatMap(({ place_id }) => place_id ?? []);
	const places = await findPlaces(ids);
	let changed = 0;
	for (const { place_id, place_kind } of rows) {
		const kind = places.get(place_id ?? '')?.kind ?? null;
		if (kind === place_kind) continue;
		const { numUpdatedRows } = await db
			.updateTable('sensing.device')
			.set({ place_kind: kind, updated_at: sql<Date>`now()` })
			.where('place_id', '=', place_id)
			.where(sql<boolean>`place_kind IS DISTINCT FROM ${kind}`)
			.executeTakeFirst();
		changed += Number(numUpdatedRows);
	}
	return changed;
}
