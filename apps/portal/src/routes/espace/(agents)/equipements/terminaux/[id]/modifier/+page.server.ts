import { error } from '@sveltejs/kit';
import { deviceOf, versionOf } from '#lib/server/equipment-form.ts';
import { readForm, refused } from '#lib/server/forms.ts';
import { eurosOf } from '#lib/server/money.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const { equipment } = locals.rooms;
	if (!equipment.may.manage(locals.actor)) error(403, 'platform.not_allowed');
	const device = expect(await equipment.inventory.devices.get(locals.actor, params.id));
	return {
		device,
		price: eurosOf(device.priceCents),
		choices: expect(await equipment.inventory.devices.choices(locals.actor)),
	};
};

export const actions: Actions = {
	async default(event) {
		const { typed } = await readForm(event.request);
		const { devices } = event.locals.rooms.equipment.inventory;
		const saved = await devices.edit(event.locals.actor, event.params.id, versionOf(typed), deviceOf(typed));
		if (!saved.ok) return refused(event.locals, saved, typed);
		done(event, `/espace/equipements/terminaux/${saved.value.id}`, 'done.saved');
	},
};
