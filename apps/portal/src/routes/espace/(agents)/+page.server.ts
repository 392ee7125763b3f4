import { readAlarms } from '#lib/server/alarms.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { sensing } = locals.rooms;
	const { actor } = locals;
	if (!sensing.may.seeDevices(actor)) return { silent: [], low: [], waiting: [], letters: 0, alarms: [] };
	const [silent, low, waiting, reasons, alarms] = await Promise.all([
		sensing.devices.list(actor, { state: 'silent', pageSize: 6, sort: 'lastSeen' }),
		sensing.devices.list(actor, { lowBattery: true, pageSize: 6, sort: 'battery' }),
		sensing.tray.list(actor, { pageSize: 5 }),
		sensing.may.manageDevices(actor) ? sensing.deadLetters.reasons(actor) : null,
		readAlarms(locals, { status: 'open', pageSize: 6 }),
	]);
	return {
		silent: silent.ok ? silent.value.items : [],
		low: low.ok ? low.value.items : [],
		waiting: waiting.ok ? waiting.value.items : [],
		letters: reasons?.ok ? reasons.value.reduce((sum, { count }) => sum + count, 0) : 0,
		alarms: alarms.items,
	};
};
