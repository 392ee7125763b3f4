import type { DeviceFields } from '../../inventory/face.ts';

/** What Parvis knows and an inventory elsewhere does not: such a status stays, whatever the other says. */
const firm: Partial<Record<DeviceFields['status'], readonly DeviceFields['status'][]>> = {
	left: ['ordered', 'in_stock', 'in_use', 'on_loan', 'in_repair', 'missing', 'leaving'],
	leaving: ['ordered', 'in_stock', 'in_use', 'on_loan', 'in_repair'],
	on_loan: ['ordered', 'in_stock', 'in_use'],
};

/**
 * What a line changes of a device that is known. Only what the line says; a status that Parvis knows better stays, and with it
 * who holds the device.
 */
export function changesFor(
	before: DeviceFields,
	said: Partial<DeviceFields>,
): { changes: Partial<DeviceFields>; keptStatus: boolean } {
	const changes = { ...said };
	const keptStatus = said.status !== undefined && (firm[before.status]?.includes(said.status) ?? false);
	if (keptStatus) {
		delete changes.status;
		delete changes.leftAs;
		delete changes.leftOn;
		delete changes.holderId;
	}
	return { changes, keptStatus };
}

/**
 * The status of a line that says who holds the device but not that it is in use: stock that somebody has is in use. Without any
 * word, a new device is in use where somebody or a service has it.
 */
export function impliedStatus(
	said: DeviceFields['status'] | undefined,
	isNew: boolean,
	held: boolean,
	hasService: boolean,
): DeviceFields['status'] | undefined {
	if (said === 'in_stock' && held) return 'in_use';
	if (said !== undefined || !isNew) return said;
	return held || hasService ? 'in_use' : 'in_stock';
}
