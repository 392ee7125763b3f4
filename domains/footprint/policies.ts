import { type Actor, hasRole } from '@parvis/platform';

/** Change the emission factors. */
export function mayManage(actor: Actor): boolean {
	return hasRole(actor, 'footprint:manager');
}
