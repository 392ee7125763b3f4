import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { sensing } = locals.rooms;
	return {
		integrations: expect(await sensing.integrations.list(locals.actor)),
		broker: sensing.brokerUrl(),
		publicUrl: locals.platform.config.publicUrl,
	};
};

export const actions: Actions = {
	async creer({ locals, request }) {
		const { typed } = await readForm(request);
		const result = await locals.rooms.sensing.integrations.create(locals.actor, { name: typed.name ?? '' });
		if (!result.ok) return refused(locals, result, typed);
		return { credential: result.value };
	},
	async retirer(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.sensing.integrations.remove(event.locals.actor, typed.id ?? '');
		if (!result.ok) return refused(event.locals, result);
		done(event, event.url.pathname, 'done.integrationRemoved');
	},
};
