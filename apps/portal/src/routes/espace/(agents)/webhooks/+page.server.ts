import { readForm, refused } from '#lib/server/forms.ts';
import { expect } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { webhooks } = locals.rooms.operations.exchange;
	return { webhooks: expect(await webhooks.list(locals.actor)), events: [...webhooks.events] };
};

export const actions: Actions = {
	async creer({ locals, request }) {
		const { data, typed } = await readForm(request);
		const events = data.getAll('events').map(String);
		const result = await locals.rooms.operations.exchange.webhooks.create(locals.actor, {
			url: typed.url ?? '',
			description: typed.description ?? '',
			events,
		});
		if (!result.ok) return refused(locals, result, { ...typed, chosen: events.join(' ') });
		return { secret: result.value.secret, id: result.value.webhook.id };
	},
};
