import { type Actor, hasRole } from '@parvis/platform';
import type { SessionState } from './face.ts';
import type { Right } from './sessions/actions.ts';

/** Bodies, meetings, convocations, the desk, minutes. */
export function mayPrepare(actor: Actor): boolean {
	return hasRole(actor, 'council:clerk');
}

type Offices = Pick<SessionState, 'chairId' | 'secretaries'>;

/**
 * Who presides has the police of the meeting (CGCT L2121-16): the floor, microphones, items and votes; the clerk too.
 * @param mine the seat that the actor holds, null for none
 */
export function mayRunFloor(actor: Actor, mine: string | null, { chairId }: Offices): boolean {
	return mayPrepare(actor) || (mine !== null && mine === chairId);
}

/**
 * Whether an actor may do an action with this right.
 * @param seatId the seat that it is done for, if any
 */
export function mayAct(
	actor: Actor,
	right: Right,
	mine: string | null,
	offices: Offices,
	seatId: string | null,
): boolean {
	if (mayPrepare(actor)) return true;
	if (mine === null) return false;
	switch (right) {
		case 'desk':
			return false;
		case 'chair':
			return mayRunFloor(actor, mine, offices);
		case 'count':
			return mayRunFloor(actor, mine, offices) || offices.secretaries.includes(mine);
		case 'hand':
			return seatId === mine || mayRunFloor(actor, mine, offices);
		// Whom one votes for is looked at where the vote is cast: a pouvoir counts.
		case 'own':
		case 'present':
			return true;
	}
}
