import { type Actor, ok, type Result, refuse, textInput } from '@parvis/platform';
import { mayHandOverUnwiped } from '../policies.ts';
import type { DeviceUser, Wiping } from '../wiping/face.ts';
import type { Trx } from './changing.ts';
import type { DeviceFields } from './face.ts';

/** Fewest characters of a reason to hand over what is not wiped. */
const leastReason = 20;

/** What a form says of why; empty where it says nothing. */
export const unwipedReasonInput = textInput(1000).nullish();

/**
 * Whether a device may be handed to somebody now, inside the transaction that does it: nobody else gets it with the data of
 * the last one, unless a manager says why.
 * @param reason the manager's, 20 characters at least; never names a person, for it stays in the history
 * @returns what the history has to keep of it; refusals `equipment.wipe_missing_in_town` and
 * `equipment.unwiped_reason_too_short`
 */
export async function mayHandTo(
	mayChangeHands: Wiping['deviceMayChangeHands'],
	trx: Trx,
	actor: Actor,
	deviceId: string,
	to: DeviceUser,
	reason: string | null | undefined,
): Promise<Result<{ unwipedReason?: string }>> {
	const may = await mayChangeHands(deviceId, to, trx);
	if (may.ok) return ok({});
	if (may.error !== 'equipment.wipe_missing_in_town') return may;
	if (!reason || !mayHandOverUnwiped(actor)) return refuse(may.error, { field: 'unwipedReason' });
	if (reason.length < leastReason)
		return refuse('equipment.unwiped_reason_too_short', { field: 'unwipedReason' });
	return ok({ unwipedReason: reason });
}

type Use = Pick<DeviceFields, 'status' | 'holderId' | 'service'>;

/**
 * Who gets a device by a change; null where nobody does. That the service in which it is used is called otherwise is a
 * correction, except where it is said to be given.
 */
export function newUser(before: Use, changes: Partial<DeviceFields>, isGiven = false): DeviceUser | null {
	const { status, holderId, service } = { ...before, ...changes };
	if (status !== 'in_use' && status !== 'on_loan') return null;
	return isGiven || status !== before.status || holderId !== before.holderId ? { holderId, service } : null;
}
