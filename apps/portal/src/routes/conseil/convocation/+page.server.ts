import { found, query } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url, setHeaders }) => {
	setHeaders({ 'cache-control': 'no-store', 'referrer-policy': 'same-origin' });
	const token = query(url, 'jeton') ?? '';
	return { token, ...found(await locals.rooms.council.meetings.convocation(token)) };
};

export const actions: Actions = {
	async default({ locals, url }) {
		found((await locals.rooms.council.meetings.acknowledge(query(url, 'jeton') ?? '')) || null);
		return { acknowledged: true };
	},
};
