import { fail } from '@sveltejs/kit';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ params, setHeaders }) => {
	setHeaders({ 'referrer-policy': 'same-origin', 'x-robots-tag': 'noindex' });
	return { reference: params.reference };
};

export const actions: Actions = {
	async default({ locals, params }) {
		const result = await locals.rooms.operations.interventions.reports.unsubscribe(params.reference);
		return result.ok ? { done: true } : fail(422, { done: false });
	},
};
