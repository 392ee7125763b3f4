import { redirect } from '@sveltejs/kit';
import { readForm, refused } from '#lib/server/forms.ts';
import { visitOf } from '#lib/server/visit.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals }) => {
	if (locals.actor.kind === 'person') redirect(303, '/compte');
};

export const actions: Actions = {
	async default(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.identity.signUp(visitOf(event), {
			email: typed.email ?? '',
			name: typed.name ?? '',
			password: typed.password ?? '',
		});
		if (!result.ok) return refused(event.locals, result, typed);
		return { sent: true };
	},
};
