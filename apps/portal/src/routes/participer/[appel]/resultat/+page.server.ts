import { readForm, refused } from '#lib/server/forms.ts';
import { found } from '#lib/server/pages.ts';
import { callOf } from '#lib/server/participation.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, parent }) => {
	const { call } = await parent();
	const [result, bounds] = await Promise.all([
		locals.rooms.participation.counting.result(call.id, locals.locale),
		locals.rooms.town.map.bounds(),
	]);
	return { result: found(result), bounds };
};

export const actions: Actions = {
	/** By POST, so that a receipt stands in no address. */
	async recu(event) {
		const { typed } = await readForm(event.request);
		const call = await callOf(event.locals, event.params.appel);
		const checked = await event.locals.rooms.participation.counting.checkReceipt(call.id, typed.recu ?? '');
		if (!checked.ok) return refused(event.locals, checked, {}, 'recu');
		return { ballot: checked.value };
	},
};
