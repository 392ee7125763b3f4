import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { found } from '#lib/server/pages.ts';
import { signInFirst } from '#lib/server/participation.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => ({
	deliberation: found(await locals.rooms.council.deliberations.get(params.numero, locals.actor)),
});

/** Who presided and the secretary sign by their account. */
export const actions: Actions = {
	async default(event) {
		signInFirst(event);
		const { typed } = await readForm(event.request);
		const { deliberations } = event.locals.rooms.council;
		const act = found(await deliberations.get(event.params.numero, event.locals.actor));
		const result = await deliberations.sign(event.locals.actor, act.id, { capacity: typed.qualite });
		if (!result.ok) return refused(event.locals, result, typed);
		done(event, act.url, 'done.signed', { count: 1 });
	},
};
