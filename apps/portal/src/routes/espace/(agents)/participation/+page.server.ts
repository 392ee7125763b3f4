import { error } from '@sveltejs/kit';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { actor } = locals;
	const { calls, may } = locals.rooms.participation;
	if (!may.manage(actor) && !may.review(actor) && !may.moderate(actor) && !may.holdBooth(actor))
		error(403, 'platform.not_allowed');
	return { calls: await calls.list(actor, { limit: 200 }) };
};
