import { ok, type Result, refuse } from '@parvis/platform';
import type { DeviceChanges, DeviceField, DeviceFields } from '../face.ts';

/** A device that nothing is known of yet. */
export const blankDevice: Omit<DeviceFields, 'tag' | 'modelId'> = {
	serial: null,
	status: 'in_stock',
	holderId: null,
	service: null,
	site: null,
	need: null,
	boughtOn: null,
	inUseOn: null,
	warrantyUntil: null,
	supportedUntil: null,
	acquired: 'new',
	firstUsedOn: null,
	condition: null,
	batteryHealthPercent: null,
	batteryMeasuredOn: null,
	priceCents: null,
	supplier: null,
	orderNumber: null,
	leftOn: null,
	leftAs: null,
	note: null,
};

/**
 * What a device becomes by a change, with what goes by itself: a first use gets its day, a battery's measure too, what is in
 * stock or gone is held by nobody, what comes back has not left.
 * @param before null for a new device, whose days nobody guesses
 * @param day day of the change in the town
 * @returns refusals `equipment.left_as_missing` (gone, and nobody says how) and `equipment.left_before_bought`
 */
export function settle(
	before: DeviceFields | null,
	changes: Partial<DeviceFields>,
	day: string,
): Result<Partial<DeviceFields>> {
	const next: Partial<DeviceFields> = { ...changes };
	const value = <Field extends DeviceField>(field: Field): DeviceFields[Field] | undefined =>
		field in next ? next[field] : before?.[field];
	const becomes = (status: string) => next.status === status && (before === null || before.status !== status);
	if (value('status') === 'left') {
		if (!value('leftAs')) return refuse('equipment.left_as_missing', { field: 'leftAs' });
		if (!value('leftOn')) next.leftOn = day;
	} else {
		next.leftOn = null;
		next.leftAs = null;
	}
	if (['left', 'in_stock', 'ordered'].includes(value('status') ?? 'in_stock')) next.holderId = null;
	if (before && becomes('in_use') && !value('inUseOn')) next.inUseOn = day;
	if (
		before &&
		next.batteryHealthPercent !== undefined &&
		next.batteryHealthPercent !== null &&
		next.batteryMeasuredOn === undefined
	)
		next.batteryMeasuredOn = day;
	const [bought, left] = [value('boughtOn'), value('leftOn')];
	if (bought && left && left < bought) return refuse('equipment.left_before_bought', { field: 'leftOn' });
	return ok(next);
}

/** Fields that differ, from and to. @param before null for a new device, of which only what is known counts */
export function differences(before: DeviceFields | null, after: Partial<DeviceFields>): DeviceChanges {
	const found: Partial<Record<DeviceField, [unknown, unknown]>> = {};
	for (const [name, to] of Object.entries(after)) {
		const field = name as DeviceField;
		const from = before?.[field] ?? null;
		if (to !== undefined && to !== from) found[field] = [from, to];
	}
	return found;
}

/** What a device is after all that happened to it, in the order in which it was written down. */
export function replay(history: readonly DeviceChanges[]): Partial<DeviceFields> {
	const device: Record<string, unknown> = {};
	for (const changes of history)
		for (const [field, change] of Object.entries(changes)) device[field] = change[1];
	return device as Partial<DeviceFields>;
}
