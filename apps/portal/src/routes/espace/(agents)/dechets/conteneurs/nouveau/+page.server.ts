import { error } from '@sveltejs/kit';
import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { containerOf } from '#lib/server/waste-form.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { operations } = locals.rooms;
	if (!operations.may.manage(locals.actor)) error(403, 'platform.not_allowed');
	return { flows: await operations.waste.setup.flows() };
};

export const actions: Actions = {
	async default(event) {
		const { typed } = await readForm(event.request);
		const { waste } = event.locals.rooms.operations;
		const saved = await waste.containers.save(event.locals.actor, containerOf(typed));
		if (!saved.ok) return refused(event.locals, saved, typed);
		await waste.forecasts.run();
		done(event, `/espace/dechets/conteneurs/${saved.value.id}`, 'done.wasteSaved');
	},
};
