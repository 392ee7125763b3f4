import { found } from '#lib/server/pages.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const number = /^\d{1,6}$/.test(params.numero) ? Number(params.numero) : 0;
	return { version: found(await locals.rooms.equipment.policy.versions.get(number)) };
};
