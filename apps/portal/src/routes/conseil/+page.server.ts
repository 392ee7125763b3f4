import { groupsOf } from '#lib/seat-groups.ts';
import { pageNumber } from '#lib/server/pages.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const { bodies, meetings, deliberations, programme } = locals.rooms.council;
	const [list, all, acts, live] = await Promise.all([
		meetings.list(locals.actor, { page: pageNumber(url), pageSize: 12 }),
		bodies.list(locals.actor),
		deliberations.list({ pageSize: 6 }),
		programme.live(),
	]);
	return {
		live,
		list: { ...list, items: list.items.filter(({ status }) => status !== 'draft') },
		bodies: all.map((body) => ({
			id: body.id,
			name: body.name,
			remoteCounts: body.remoteCounts,
			groups: groupsOf(body.seats),
			seats: body.seats.map(({ id, name, party, role }) => ({ id, name, party, role })),
		})),
		deliberations: acts.items,
	};
};
