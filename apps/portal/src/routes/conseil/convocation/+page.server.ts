import { found, query } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url, setHeaders }) => {
	setHeaders({ 'cache-control': 'no-store', 'referrer-policy': 'same-origin' });
	return found(await locals.rooms.council.meetings.convocation(query(url, 'jeton') ?? ''));
};

export const actions: Actions = {
	async default({ locals, url }) {
		found((await locals.rooms.council.meetings.acknowledge(query(url, 'jeton') ?? '')) || null);
		return { acknowledged: true };
	},
};
