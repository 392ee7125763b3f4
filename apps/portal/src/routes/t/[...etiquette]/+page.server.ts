import { redirect } from '@sveltejs/kit';
import { found } from '#lib/server/pages.ts';
import type { PageServerLoad } from './$types';

/** What a label leads to: the device's page for who works with devices, for others whose it is and how to give it back. */
export const load: PageServerLoad = async ({ locals, params }) => {
	const { equipment, town } = locals.rooms;
	const device = found(await equipment.inventory.byLabel(params.etiquette));
	const known = await equipment.inventory.devices.get(locals.actor, device.id);
	if (known.ok) redirect(303, `/espace/equipements/terminaux/${device.id}`);
	const { name, address, phone, email } = await town.settings.get();
	return { tag: device.tag, owner: { name, address, phone, email } };
};
