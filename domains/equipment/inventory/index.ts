import { sql } from 'kysely';
import type { Context } from '../context.ts';
import type { Part } from '../part.ts';
import type { Wiping } from '../wiping/face.ts';
import { createDevicesApi } from './api.ts';
import { createAuditsApi } from './audits/api.ts';
import { createAudits } from './audits/index.ts';
import { fillDemo } from './demo/index.ts';
import { createDeviceActions } from './devices/acting.ts';
import { countDevices, listDevices, readChoices, readHistory } from './devices/listing.ts';
import { readDevice } from './devices/reading.ts';
import type { Inventory } from './face.ts';
import { makeLabels } from './labels.ts';
import { createLoans } from './loans/index.ts';
import { createOwnDevices } from './own.ts';
import { createPersonalData } from './personal-data.ts';
import { tagOf } from './rules/kinds.ts';

/** Devices, their holders and history, labels, loans, audits. As a part of the room. */
export function createInventory(
	context: Context,
	{ wiping }: { wiping: Pick<Wiping, 'deviceMayLeave' | 'deviceMayChangeHands'> },
): Part & { face: Inventory } {
	const face: Inventory = {
		devices: {
			list: (actor, filter) => listDevices(context, actor, filter),
			counts: (actor) => countDevices(context, actor),
			choices: (actor) => readChoices(context, actor),
			get: (actor, reference) => readDevice(context, actor, reference),
			history: (actor, id) => readHistory(context, actor, id),
			...createDeviceActions(context, wiping),
		},
		own: createOwnDevices(context),
		loans: createLoans(context, wiping.deviceMayChangeHands),
		audits: createAudits(context),
		labels: (actor, filter) => makeLabels(context, actor, filter),
		async byLabel(tag) {
			const { rows } = await sql<{ id: string; tag: string }>`SELECT id, tag FROM equipment.device
				WHERE lower(tag) = lower(${tagOf(tag)})`.execute(context.db);
			return rows[0] ?? null;
		},
	};
	context.platform.jobs.define('equipment.remind-loans', { cron: '30 7 * * *' }, async () => {
		await face.loans.remind();
	});
	context.platform.personalData.offer('equipment', createPersonalData(context));
	return {
		face,
		async api(api) {
			await api.register(createDevicesApi(context.platform, face.devices));
			await api.register(createAuditsApi(context.platform, face.audits));
		},
		fillDemo: () => fillDemo(context),
	};
}
