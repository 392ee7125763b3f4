import { type Actor, hasRole, hasScope } from '@parvis/platform';

/** See where vehicles are: those who organise the rounds, nobody else. */
export function maySeePositions(actor: Actor): boolean {
	return hasRole(actor, 'operations:manager') || hasScope(actor, 'operations:write');
}

/** Send what was done in the street: people only, each in their own name. */
export function maySync(actor: Actor): actor is Actor & { id: string } {
	return (
		actor.kind === 'person' && actor.id !== null && hasRole(actor, 'operations:agent', 'operations:manager')
	);
}
