import { refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { found } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, setHeaders }) => {
	setHeaders({ 'referrer-policy': 'same-origin', 'x-robots-tag': 'noindex' });
	const booking = found(await locals.rooms.equipment.collection.bookings.get(params.jeton));
	return { booking, over: booking.endsAt <= new Date(), token: params.jeton };
};

export const actions: Actions = {
	async default(event) {
		const cancelled = await event.locals.rooms.equipment.collection.bookings.cancel(event.params.jeton);
		if (!cancelled.ok) return refused(event.locals, cancelled);
		done(event, event.url.pathname, 'collect.bookingCancelled');
	},
};
