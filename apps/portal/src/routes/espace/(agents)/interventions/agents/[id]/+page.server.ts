import { error } from '@sveltejs/kit';
import { optional, optionalNumber, readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect, found } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

const weekdays = [0, 1, 2, 3, 4, 5, 6];

export const load: PageServerLoad = async ({ locals, params }) => {
	const { interventions, may } = locals.rooms.operations;
	if (!may.manage(locals.actor)) error(403, 'platform.not_allowed');
	const agents = expect(await interventions.agents.list(locals.actor));
	return {
		agent: found(agents.find(({ id }) => id === params.id)),
		services: await interventions.services.list(),
	};
};

export const actions: Actions = {
	async default(event) {
		const { locals, params } = event;
		const { data, typed } = await readForm(event.request);
		const label = optional(typed.start);
		const at = label ? await locals.rooms.town.areas.findAddress(label) : null;
		if (label && !at)
			return refused(
				locals,
				{ ok: false, error: 'operations.address_unknown', detail: { field: 'start' } },
				typed,
			);
		const result = await locals.rooms.operations.interventions.agents.save(locals.actor, params.id, {
			serviceIds: data.getAll('serviceIds').map(String),
			skills: (typed.skills ?? '').split(',').map((skill) => skill.trim()),
			hours: weekdays.map((day) =>
				typed[`from${day}`] && typed[`to${day}`]
					? { from: typed[`from${day}`] ?? '', to: typed[`to${day}`] ?? '' }
					: null,
			),
			breakFrom: optional(typed.breakFrom),
			breakMinutes: optionalNumber(typed.breakMinutes) ?? 0,
			vehicle: typed.vehicle === 'bicycle' || typed.vehicle === 'foot' ? typed.vehicle : 'car',
			start: label && at ? { label, longitude: at.longitude, latitude: at.latitude } : null,
		});
		if (!result.ok) return refused(locals, result, typed);
		done(event, '/espace/interventions/agents', 'done.saved');
	},
};
