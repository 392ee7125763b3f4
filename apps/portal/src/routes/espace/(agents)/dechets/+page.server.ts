import { expect, found } from '#lib/server/pages.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { operations, town } = locals.rooms;
	const { waste, field } = operations;
	const today = waste.today();
	const [rounds, containers, plan, preview, bounds, trucks] = await Promise.all([
		waste.rounds.list(locals.actor, today),
		waste.containers.list(locals.actor, { sort: 'overflow' }),
		waste.plans.get(locals.actor, today),
		waste.plans.preview(locals.actor),
		town.map.bounds(),
		field.positions(locals.actor),
	]);
	const all = expect(containers);
	const made = expect(plan);
	return {
		today,
		rounds: expect(rounds),
		stale: made?.staleReason ?? null,
		hasPlan: made !== null,
		preview: expect(preview),
		containers: all,
		fullest: all.filter(({ forecast }) => forecast).slice(0, 12),
		doubtful: all.filter(({ forecast }) => forecast?.doubt),
		bounds: bounds ? found(bounds) : null,
		trucks,
		mayManage: operations.may.manage(locals.actor),
	};
};
