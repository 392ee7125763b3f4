import { optionalNumber, readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { collection } = locals.rooms.equipment;
	const [campaigns, totals, bookings, settings] = await Promise.all([
		collection.campaigns.list(locals.actor, { all: true }),
		collection.items.totals(locals.actor),
		collection.bookings.ofDay(locals.actor),
		collection.settings.get(),
	]);
	return { campaigns, totals: expect(totals), bookings: expect(bookings), settings };
};

export const actions: Actions = {
	async reglage(event) {
		const { typed } = await readForm(event.request);
		const saved = await event.locals.rooms.equipment.collection.settings.save(event.locals.actor, {
			giverDays: optionalNumber(typed.jours) ?? Number.NaN,
		});
		if (!saved.ok) return refused(event.locals, saved, typed, 'reglage');
		done(event, event.url.pathname, 'done.saved');
	},
};
