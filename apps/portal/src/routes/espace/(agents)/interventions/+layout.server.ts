import { error } from '@sveltejs/kit';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = ({ locals }) => {
	const { may } = locals.rooms.operations;
	if (!may.work(locals.actor)) error(403, 'platform.not_allowed');
	return { manage: may.manage(locals.actor) };
};
