import { readAlarms } from '#lib/server/alarms.ts';
import { deviceHistory } from '#lib/server/device-history.ts';
import { refused } from '#lib/server/forms.ts';
import { historyQuery } from '#lib/server/history.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const { sensing, town } = locals.rooms;
	const device = expect(await sensing.devices.get(locals.actor, params.id));
	const [places, charts, alarms] = await Promise.all([
		town.places.find(device.placeId ? [device.placeId] : []),
		deviceHistory(locals, device.id, historyQuery(url), new Date()),
		readAlarms(locals, { deviceId: device.id, pageSize: 5 }),
	]);
	return {
		device: {
			...device,
			lastUplinkText: device.lastUplink ? JSON.stringify(device.lastUplink, null, '  ') : null,
		},
		place: (device.placeId && places.get(device.placeId)) || null,
		charts,
		alarms: alarms.items,
	};
};

export const actions: Actions = {
	async retirer(event) {
		const result = await event.locals.rooms.sensing.devices.retire(event.locals.actor, event.params.id);
		if (!result.ok) return refused(event.locals, result);
		done(event, event.url.pathname, 'done.deviceRetired');
	},
	async remettre(event) {
		const result = await event.locals.rooms.sensing.devices.reactivate(event.locals.actor, event.params.id);
		if (!result.ok) return refused(event.locals, result);
		done(event, event.url.pathname, 'done.deviceReactivated');
	},
	async motDePasse(event) {
		const result = await event.locals.rooms.sensing.devices.renewCredential(
			event.locals.actor,
			event.params.id,
		);
		if (!result.ok) return refused(event.locals, result);
		return { credential: result.value };
	},
	async fermerAcces(event) {
		const result = await event.locals.rooms.sensing.devices.revokeCredential(
			event.locals.actor,
			event.params.id,
		);
		if (!result.ok) return refused(event.locals, result);
		done(event, event.url.pathname, 'done.credentialRevoked');
	},
};
