import { type Actor, hasRole } from '@parvis/platform';

/** Bodies, meetings, convocations, the desk, minutes. */
export function mayPrepare(actor: Actor): boolean {
	return hasRole(actor, 'council:clerk');
}
