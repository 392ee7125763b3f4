/** Who asks: a visitor, a signed-in person, an API key, or the platform itself. Policies decide on this alone. */
export interface Actor {
	kind: 'anonymous' | 'person' | 'key' | 'system';
	/** Person id or API key id; null for a visitor and for the platform. */
	id: string | null;
	displayName: string;
	/** Effective roles, own and delegated, as `<room>:<role>`: `sensing:manager`. */
	roles: readonly string[];
	/** What an API key may do, as `<resource>:<verb>`: `observations:write`. Empty for people. */
	scopes: readonly string[];
	/** Whether this session passed a second factor; agents' work needs it. */
	secondFactor: boolean;
}

export const anonymous: Actor = {
	kind: 'anonymous',
	id: null,
	displayName: '',
	roles: [],
	scopes: [],
	secondFactor: false,
};

/** The platform acting by itself: jobs, start-up, the operator's command line. */
export const system: Actor = { ...anonymous, kind: 'system', displayName: 'Parvis' };

/**
 * Whether the actor holds one of the roles *now*: a person only with a second factor passed, since every role
 * belongs to an agent; the platform itself always.
 */
export function hasRole(actor: Actor, ...roles: readonly string[]): boolean {
	if (actor.kind === 'system') return true;
	return actor.kind === 'person' && actor.secondFactor && roles.some((role) => actor.roles.includes(role));
}

/** Whether the actor is an API key that carries the scope. */
export function hasScope(actor: Actor, scope: string): boolean {
	return actor.kind === 'system' || (actor.kind === 'key' && actor.scopes.includes(scope));
}
