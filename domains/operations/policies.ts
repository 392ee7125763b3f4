import { type Actor, hasRole, hasScope } from '@parvis/platform';

/** Plan, assign and configure interventions, rounds and lighting. */
export function mayManage(actor: Actor): boolean {
	return hasRole(actor, 'operations:manager') || hasScope(actor, 'operations:write');
}

/** Work in the field: one's own day, what one finds on the way. */
export function mayWork(actor: Actor): boolean {
	return hasRole(actor, 'operations:agent', 'operations:manager') || hasScope(actor, 'operations:write');
}

/** See what is planned, done and measured, with what is not public. */
export function maySee(actor: Actor): boolean {
	return mayWork(actor) || hasScope(actor, 'operations:read');
}
