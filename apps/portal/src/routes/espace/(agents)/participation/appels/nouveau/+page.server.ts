import { error, redirect } from '@sveltejs/kit';
import { callFields, callInput } from '#lib/server/call-form.ts';
import { readForm, refused } from '#lib/server/forms.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	if (!locals.rooms.participation.may.manage(locals.actor)) error(403, 'platform.not_allowed');
	const districts = await locals.rooms.town.areas.districts();
	return { fields: callFields(null), districts: districts.map(({ id, name }) => ({ id, name })) };
};

export const actions: Actions = {
	async default(event) {
		const { typed } = await readForm(event.request);
		const made = await event.locals.rooms.participation.calls.create(event.locals.actor, callInput(typed));
		if (!made.ok) return refused(event.locals, made, typed);
		redirect(303, `/espace/participation/appels/${made.value.id}`);
	},
};
