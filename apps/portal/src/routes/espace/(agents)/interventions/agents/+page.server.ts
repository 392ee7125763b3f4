import { error } from '@sveltejs/kit';
import { expect } from '#lib/server/pages.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { interventions, may } = locals.rooms.operations;
	if (!may.manage(locals.actor)) error(403, 'platform.not_allowed');
	const [agents, services] = await Promise.all([
		interventions.agents.list(locals.actor),
		interventions.services.list(),
	]);
	return { agents: expect(agents), services };
};
