import { type Actor, hasRole, hasScope } from '@parvis/platform';

/** Calls, projects, selections, keys and counts. */
export function mayManage(actor: Actor): boolean {
	return hasRole(actor, 'participation:manager') || hasScope(actor, 'participation:write');
}

/** The moderators' queue, appeals, proposals to merge, communities. */
export function mayModerate(actor: Actor): boolean {
	return hasRole(actor, 'participation:moderator', 'participation:manager');
}

/** The board of reviews: to see it, and to answer for a service. */
export function mayReview(actor: Actor): boolean {
	return hasRole(actor, 'participation:reviewer', 'participation:manager');
}

/** Documents of voters, the register at the booth, paper ballots. */
export function mayHoldBooth(actor: Actor): boolean {
	return hasRole(actor, 'participation:booth', 'participation:manager');
}

/** Propose, support, comment, follow, answer, vote: everybody with an account. */
export function mayTakePart(actor: Actor): actor is Actor & { kind: 'person'; id: string } {
	return actor.kind === 'person' && actor.id !== null;
}
