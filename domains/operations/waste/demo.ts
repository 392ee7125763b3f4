import { system } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import type { Waste } from './face.ts';
import { dayOf, nextDayAmong, weekdayOf } from './rules/days.ts';

/** A demonstration's history is compared as soon as it is there, and its day is planned; nothing where nothing is declared. */
export async function fillWasteDemo({ now, db, identity }: Context, waste: Waste): Promise<void> {
	const some = await db.selectFrom('operations.waste_container').select('id').limit(1).executeTakeFirst();
	if (!some) return;
	const { version, ...settings } = await waste.setup.settings();
	const collectionWeekdays = [1, 2, 3, 4, 5, 6];
	await waste.setup.changeSettings(system, { ...settings, version, collectionWeekdays });
	// The driver among the published accounts has a truck of their own: the one that takes most flows.
	const driver = (await identity.people.holdersOf('operations:agent')).find(
		({ name }) => name === 'Karim Lopes',
	);
	const [truck] = await db
		.selectFrom('operations.waste_vehicle')
		.select('id')
		.orderBy(sql`jsonb_array_length(compartments)`, 'desc')
		.orderBy('name')
		.limit(1)
		.execute();
	if (driver && truck)
		await db
			.updateTable('operations.waste_vehicle')
			.set({ driver_id: driver.id })
			.where('id', '=', truck.id)
			.execute();
	const today = dayOf(now());
	const next = nextDayAmong(today, collectionWeekdays);
	// In the night nobody drives any more: then the next day is planned as well.
	for (const day of collectionWeekdays.includes(weekdayOf(today)) ? [today, next] : [next]) {
		const made = await waste.plans.make(system, day, { cause: 'nightly' });
		if (!made.ok) throw new Error(made.error);
		if (made.value.rounds.length) break;
	}
	// A history that is too short, as in tests, is no failure.
	await waste.comparison.simulate(system, { iterations: 400 });
}
