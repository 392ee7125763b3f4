import { error } from '@sveltejs/kit';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = ({ locals }) => {
	const { may } = locals.rooms.equipment;
	if (!may.collect(locals.actor)) error(403, 'platform.not_allowed');
	return { mayManageCollection: may.manage(locals.actor) };
};
