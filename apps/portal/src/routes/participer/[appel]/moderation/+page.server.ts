import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, parent }) => {
	const { call } = await parent();
	const { moderation, merges } = locals.rooms.participation;
	const [log, proposals] = await Promise.all([
		moderation.log(call.id, 200),
		merges.list(locals.actor, { callId: call.id }),
	]);
	return { log, proposals };
};
