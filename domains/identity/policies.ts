import { type Actor, hasRole } from '@parvis/platform';

export const administrator = 'identity:administrator';
/** The data protection officer: reads people and the audit log, changes neither. */
export const dataOfficer = 'identity:data_officer';

/** Whether the actor is an agent who passed a second factor: the door of the work space. */
export function mayWork(actor: Actor): boolean {
	return actor.kind === 'person' && actor.roles.length > 0 && actor.secondFactor;
}

/** An agent whose session still lacks the second factor, or whose working day with it is over. */
export function needsSecondFactor(actor: Actor): boolean {
	return actor.kind === 'person' && actor.roles.length > 0 && !actor.secondFactor;
}

export function mayManagePeople(actor: Actor): boolean {
	return hasRole(actor, administrator);
}

export function mayReadPeople(actor: Actor): boolean {
	return hasRole(actor, administrator, dataOfficer);
}

export function mayManageApiKeys(actor: Actor): boolean {
	return hasRole(actor, administrator);
}

export function mayReadAudit(actor: Actor): boolean {
	return hasRole(actor, administrator, dataOfficer);
}

/** Administrators lend any role on behalf of its holder; everyone else only their own. */
export function mayDelegate(actor: Actor, fromPersonId: string): boolean {
	return mayManagePeople(actor) || (mayWork(actor) && actor.id === fromPersonId);
}
