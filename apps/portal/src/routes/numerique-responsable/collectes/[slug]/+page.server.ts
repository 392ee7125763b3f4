import { optional, optionalNumber, readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const { equipment, town } = locals.rooms;
	const campaign = expect(await equipment.collection.campaigns.get(locals.actor, params.slug));
	const now = new Date();
	return {
		campaign,
		bounds: await town.map.bounds(),
		settings: await equipment.collection.settings.get(),
		/** Slots one can still book, by point. */
		slots: campaign.points.map((point) => ({
			point: point.name,
			slots: point.openings.flatMap(({ slots }) => slots).filter(({ endsAt }) => endsAt > now),
		})),
	};
};

export const actions: Actions = {
	async default(event) {
		const { locals } = event;
		const { typed } = await readForm(event.request);
		const [openingId = '', startsAt = ''] = (typed.creneau ?? '').split(' ');
		const booked = await locals.rooms.equipment.collection.bookings.book(
			{
				openingId,
				startsAt,
				devices: optionalNumber(typed.appareils) ?? 0,
				name: typed.nom ?? '',
				email: typed.email ?? '',
				locale: locals.locale,
			},
			// People leave the field alone that only machines see.
			{ address: locals.address, suspect: optional(typed.site) !== null },
		);
		if (!booked.ok) return refused(locals, booked, typed);
		done(event, booked.value.url, booked.value.letterSent ? 'collect.bookedByMail' : 'collect.booked');
	},
};
