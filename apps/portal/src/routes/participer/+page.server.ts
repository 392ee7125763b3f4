import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const calls = await locals.rooms.participation.calls.list(locals.actor, { limit: 100 });
	const over = (call: (typeof calls)[number]) =>
		call.status === 'archived' || (!call.current && call.phases.every(({ state }) => state === 'over'));
	return {
		groups: [
			{ key: 'open', calls: calls.filter((call) => call.current && !over(call)) },
			{ key: 'between', calls: calls.filter((call) => !call.current && !over(call)) },
			{ key: 'past', calls: calls.filter(over) },
		].filter((group) => group.calls.length),
	};
};
