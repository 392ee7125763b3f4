import { redirect } from '@sveltejs/kit';
import { query } from '#lib/server/pages.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const asked = query(url, 'numero');
	if (asked) redirect(303, `/numerique-responsable/certificats/${encodeURIComponent(asked.slice(0, 40))}`);
	const { wiping } = locals.rooms.equipment;
	const [keys, draws] = await Promise.all([wiping.certificates.keys(), wiping.certificates.draws()]);
	return { keys, draws: draws.slice(0, 14), table: wiping.rules.table, words: wiping.words };
};
