import { thisYear } from '#lib/server/policy-year.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { policy } = locals.rooms.equipment;
	const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Paris' }).format(new Date());
	const versions = await policy.versions.voted();
	return {
		versions,
		current: versions.find(({ inForceFrom }) => inForceFrom !== null && inForceFrom <= today) ?? null,
		obligations: policy.orders.obligations(thisYear()),
		duties: policy.orders.duties(),
	};
};
