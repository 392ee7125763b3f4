import { optional, readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { open311Server } from '#lib/server/open311-form.ts';
import { expect } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { forwarding, open311 } = locals.rooms.operations.exchange;
	return {
		servers: expect(await forwarding.servers(locals.actor)),
		settings: await open311.read(),
		address: `${locals.platform.config.publicUrl}/open311/v2`,
	};
};

export const actions: Actions = {
	async regler(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.operations.exchange.open311.save(event.locals.actor, {
			keyRequired: typed.keyRequired === 'on',
			jurisdiction: optional(typed.ownJurisdiction),
		});
		if (!result.ok) return refused(event.locals, result, typed, 'regler');
		done(event, event.url.pathname, 'done.saved');
	},
	async ajouter(event) {
		const { typed } = await readForm(event.request);
		const { forwarding } = event.locals.rooms.operations.exchange;
		const result = await forwarding.save(event.locals.actor, open311Server(typed));
		if (!result.ok) return refused(event.locals, result, typed, 'ajouter');
		done(event, `${event.url.pathname}/${result.value}`, 'done.saved');
	},
};
