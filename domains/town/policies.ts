import { type Actor, hasRole, hasScope } from '@parvis/platform';

/** Places, streets and districts: added, changed, archived, imported. */
export function mayEditPlaces(actor: Actor): boolean {
	return hasRole(actor, 'town:editor', 'town:administrator') || hasScope(actor, 'places:write');
}

/** The town's name, colours, addresses, map. */
export function mayChangeSettings(actor: Actor): boolean {
	return hasRole(actor, 'town:administrator') || hasScope(actor, 'settings:write');
}
