import { type Actor, hasRole, hasScope } from '@parvis/platform';

/** Keep the inventory, the policy, requests, orders and campaigns: the IT officer. */
export function mayManage(actor: Actor): boolean {
	return hasRole(actor, 'equipment:manager') || hasScope(actor, 'equipment:write');
}

/** Hand a device to somebody else although the data of the last one are not wiped, for a reason: a person, never a key. */
export function mayHandOverUnwiped(actor: Actor): boolean {
	return hasRole(actor, 'equipment:manager');
}

/** Receive, wipe and hand over what is collected. */
export function mayCollect(actor: Actor): boolean {
	return hasRole(actor, 'equipment:collector') || mayManage(actor);
}

/** Say a need, see one's own devices, scan in an audit. */
export function mayUse(actor: Actor): boolean {
	return hasRole(actor, 'equipment:agent') || mayManage(actor);
}

/** See the inventory with what is not public. */
export function maySee(actor: Actor): boolean {
	return mayManage(actor) || hasScope(actor, 'equipment:read');
}
