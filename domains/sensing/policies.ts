import { type Actor, hasRole, hasScope } from '@parvis/platform';

/** Roles this room asks about; people receive them in `identity`. */
export const sensingRoles = ['sensing:agent', 'sensing:manager'] as const;

/** Scopes an API key may carry for this room. */
export const sensingScopes = [
	'observations:write',
	'observations:read',
	'devices:write',
	'devices:read',
] as const;

/** Add, change, adopt and retire devices and their types. */
export function mayManageDevices(actor: Actor): boolean {
	return hasRole(actor, 'sensing:manager') || hasScope(actor, 'devices:write');
}

/** See devices, types, the tray and the dead letters. */
export function maySeeDevices(actor: Actor): boolean {
	return mayManageDevices(actor) || hasRole(actor, 'sensing:agent') || hasScope(actor, 'devices:read');
}

/** Acknowledge alarms and change their rules' recipients. */
export function mayHandleAlarms(actor: Actor): boolean {
	return hasRole(actor, 'sensing:agent', 'sensing:manager');
}

/** Read every observation; anybody else reads only what is public. */
export function mayReadObservations(actor: Actor): boolean {
	return hasRole(actor, 'sensing:agent', 'sensing:manager') || hasScope(actor, 'observations:read');
}

/** Send observations over HTTP. */
export function mayWriteObservations(actor: Actor): boolean {
	return hasScope(actor, 'observations:write');
}
