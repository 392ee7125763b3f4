import { expect, pageNumber, query } from '#lib/server/pages.ts';
import type { PageServerLoad } from './$types';

const pageSize = 25;

export const load: PageServerLoad = async ({ locals, url }) => {
	const { policy, may } = locals.rooms.equipment;
	const asked = query(url, 'etat');
	const status = ['to_decide', 'decided', 'withdrawn'].find((one) => one === asked);
	const page = pageNumber(url);
	const [list, choices] = await Promise.all([
		policy.requests.list(locals.actor, { status, page, pageSize }),
		policy.requests.choices(locals.actor),
	]);
	return {
		...expect(list),
		status: status ?? '',
		page,
		pageSize,
		manage: may.manage(locals.actor),
		inForce: expect(choices) !== null,
	};
};
