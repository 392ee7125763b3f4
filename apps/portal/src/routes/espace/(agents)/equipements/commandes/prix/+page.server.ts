import { optionalNumber, readForm, refused } from '#lib/server/forms.ts';
import { centsOf } from '#lib/server/money.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const offers = expect(await locals.rooms.equipment.policy.orders.offers(locals.actor));
	return { offers, category: url.searchParams.get('categorie') ?? '' };
};

export const actions: Actions = {
	async default(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.equipment.policy.orders.saveOffer(event.locals.actor, {
			category: typed.category ?? '',
			repairCents: centsOf(typed.repair),
			batteryCents: centsOf(typed.battery),
			reinstallCents: centsOf(typed.reinstall),
			refurbishedCents: centsOf(typed.refurbished),
			newCents: centsOf(typed.fresh),
			repairDays: optionalNumber(typed.repairDays),
			poolDays: optionalNumber(typed.poolDays),
			refurbishedDays: optionalNumber(typed.refurbishedDays),
			newDays: optionalNumber(typed.newDays),
			source: typed.source ?? '',
		});
		if (!result.ok) return refused(event.locals, result, typed);
		done(event, '/espace/equipements/commandes/prix', 'policy.donePrice');
	},
};
