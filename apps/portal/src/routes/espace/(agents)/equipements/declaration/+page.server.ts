import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import { askedYear, yearsWith } from '#lib/server/policy-year.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const { requests, orders } = locals.rooms.equipment.policy;
	const year = askedYear(url);
	const buyer = expect(await orders.buyer(locals.actor));
	const [statement, years] = await Promise.all([orders.statement(year), requests.years()]);
	return { year, years: yearsWith(years, year), statement, buyer };
};

export const actions: Actions = {
	async default(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.equipment.policy.orders.saveBuyer(event.locals.actor, {
			siret: typed.siret ?? '',
			name: typed.name ?? '',
		});
		if (!result.ok) return refused(event.locals, result, typed);
		done(event, event.url.pathname + event.url.search, 'policy.doneBuyer');
	},
};
