import { refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { policy } = locals.rooms.equipment;
	return {
		versions: expect(await policy.versions.all(locals.actor)),
		sparePool: expect(await policy.sparePool(locals.actor)),
	};
};

export const actions: Actions = {
	async default(event) {
		const result = await event.locals.rooms.equipment.policy.versions.draft(event.locals.actor);
		if (!result.ok) return refused(event.locals, result);
		done(event, `/espace/equipements/politique/${result.value.id}`, 'policy.doneDraft');
	},
};
