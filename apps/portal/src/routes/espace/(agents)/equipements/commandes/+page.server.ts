import { optional, readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect, pageNumber } from '#lib/server/pages.ts';
import { thisYear } from '#lib/server/policy-year.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const { orders } = locals.rooms.equipment.policy;
	const page = pageNumber(url);
	const list = expect(await orders.list(locals.actor, { page }));
	return { ...list, page, statement: await orders.statement(thisYear()) };
};

export const actions: Actions = {
	async default(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.equipment.policy.orders.create(event.locals.actor, {
			supplier: typed.supplier ?? '',
			note: optional(typed.note),
		});
		if (!result.ok) return refused(event.locals, result, typed);
		const { id, number } = result.value;
		done(event, `/espace/equipements/commandes/${id}`, 'policy.doneOrder', { number });
	},
};
