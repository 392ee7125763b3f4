import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, setHeaders }) => {
	setHeaders({ 'referrer-policy': 'same-origin', 'x-robots-tag': 'noindex' });
	const { numero = '', code } = params;
	if (!code) return { number: numero, journey: null, problem: null };
	const found = await locals.rooms.equipment.collection.receipts.journey(numero, code, {
		address: locals.address,
	});
	return {
		number: numero,
		journey: found.ok ? found.value : null,
		problem: found.ok ? null : locals.platform.messages.t(locals.locale, found.error, found.detail),
	};
};

export const actions: Actions = {
	/** Number and code as they were typed: they stay out of the address. */
	async voir({ locals, request }) {
		const { typed } = await readForm(request);
		const found = await locals.rooms.equipment.collection.receipts.journey(
			typed.numero ?? '',
			typed.code ?? '',
			{ address: locals.address },
		);
		if (!found.ok) return refused(locals, found, typed);
		return { journey: found.value, code: typed.code ?? '' };
	},
	async oublier(event) {
		const { typed } = await readForm(event.request);
		const forgotten = await event.locals.rooms.equipment.collection.receipts.forgetMe(
			typed.numero ?? event.params.numero ?? '',
			typed.code ?? event.params.code ?? '',
			{ address: event.locals.address },
		);
		if (!forgotten.ok) return refused(event.locals, forgotten, typed);
		done(event, '/numerique-responsable/suivi', 'collect.forgotten');
	},
};
