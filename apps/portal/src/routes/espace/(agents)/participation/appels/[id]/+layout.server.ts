import { error } from '@sveltejs/kit';
import { callOf } from '#lib/server/participation.ts';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async ({ locals, params }) => {
	const { may } = locals.rooms.participation;
	const { actor } = locals;
	if (!may.manage(actor) && !may.review(actor) && !may.moderate(actor) && !may.holdBooth(actor))
		error(403, 'platform.not_allowed');
	return { call: await callOf(locals, params.id) };
};
