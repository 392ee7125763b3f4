import { error } from '@sveltejs/kit';
import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { communities, may } = locals.rooms.participation;
	if (!may.moderate(locals.actor)) error(403, 'platform.not_allowed');
	return { communities: await communities.list(locals.actor) };
};

export const actions: Actions = {
	async default(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.participation.communities.verify(
			event.locals.actor,
			typed.id ?? '',
			typed.verifie === 'oui',
		);
		if (!result.ok) return refused(event.locals, result);
		done(event, event.url.pathname, 'done.saved');
	},
};
