import { error, redirect } from '@sveltejs/kit';
import { readForm, refused } from '#lib/server/forms.ts';
import { meetingInput } from '#lib/server/meeting-form.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { bodies, meetings, may } = locals.rooms.council;
	if (!may.prepare(locals.actor)) error(403, 'platform.not_allowed');
	const [all, list] = await Promise.all([
		bodies.list(locals.actor),
		meetings.list(locals.actor, { pageSize: 20 }),
	]);
	return { bodies: all.map(({ id, name }) => ({ id, name })), meetings: list.items };
};

export const actions: Actions = {
	async default(event) {
		const { typed } = await readForm(event.request);
		const made = await event.locals.rooms.council.meetings.create(event.locals.actor, {
			...meetingInput(typed),
			bodyId: typed.assemblee ?? '',
		});
		if (!made.ok) return refused(event.locals, made, typed);
		redirect(303, `/espace/conseil/seances/${made.value.id}`);
	},
};
