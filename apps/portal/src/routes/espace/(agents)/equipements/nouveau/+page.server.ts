import { error } from '@sveltejs/kit';
import { deviceOf } from '#lib/server/equipment-form.ts';
import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { equipment } = locals.rooms;
	if (!equipment.may.manage(locals.actor)) error(403, 'platform.not_allowed');
	return { choices: expect(await equipment.inventory.devices.choices(locals.actor)) };
};

export const actions: Actions = {
	async default(event) {
		const { typed } = await readForm(event.request);
		const { devices } = event.locals.rooms.equipment.inventory;
		const created = await devices.create(event.locals.actor, deviceOf(typed));
		if (!created.ok) return refused(event.locals, created, typed);
		done(event, `/espace/equipements/terminaux/${created.value.id}`, 'done.gearCreated', {
			tag: created.value.tag,
		});
	},
};
