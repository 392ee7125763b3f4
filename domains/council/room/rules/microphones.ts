import type { Floor, SessionState } from '../../face.ts';

export type FeedKind = 'hall' | 'interpreter' | 'guest';

/** Who is in the room, as far as it matters for what they may publish. */
export type Role =
	| { kind: 'seat'; seatId: string }
	| { kind: 'clerk' }
	/** `speaks`: the desk lets a guest be heard. */
	| { kind: 'feed'; feed: FeedKind; speaks: boolean }
	/** The page that the public programme is made from: it listens and is not seen. */
	| { kind: 'programme' };

export interface Publishing {
	camera: boolean;
	microphone: boolean;
	screen: boolean;
	/** Points on the document that is shown. */
	pointer: boolean;
}

const nothing: Publishing = { camera: false, microphone: false, screen: false, pointer: false };

type Moment = Pick<
	SessionState,
	'status' | 'closedDoors' | 'chairId' | 'microphonesClosed' | 'itemId' | 'recused'
> & { floor: Pick<Floor, 'seatId'> | null };

/**
 * What somebody in the room may publish at this moment of the meeting, null for who must not be there.
 *
 * - The meeting is over: nobody.
 * - A member who left for a conflict of interest (CGCT L2131-11): not for the item.
 * - Behind closed doors (CGCT L2121-18): members, the clerk, the hall and the interpreter stay; guests and the programme go.
 * - Microphones: who presides, but not while the meeting is suspended; who has the floor, the hall and the guest whom
 *   the desk lets speak while the meeting is open and the chair has not closed the microphones. Nobody else, ever.
 * - The screen and the pointer: who presides, who has the floor, the clerk.
 */
export function publishingOf(role: Role, moment: Moment): Publishing | null {
	if (moment.status === 'closed') return null;
	const open = moment.status === 'open';
	const heard = open && !moment.microphonesClosed;
	switch (role.kind) {
		case 'programme':
			return moment.closedDoors ? null : nothing;
		case 'clerk':
			return { ...nothing, screen: moment.status !== 'suspended', pointer: true };
		case 'feed':
			if (role.feed === 'guest' && moment.closedDoors) return null;
			return {
				...nothing,
				camera: true,
				microphone: heard && (role.feed === 'hall' || (role.feed === 'guest' && role.speaks)),
			};
		case 'seat': {
			if (moment.itemId && moment.recused[moment.itemId]?.includes(role.seatId)) return null;
			const presides = moment.chairId === role.seatId;
			const floor = open && moment.floor?.seatId === role.seatId;
			return {
				camera: true,
				microphone: presides ? moment.status !== 'suspended' : floor && heard,
				screen: (presides && moment.status !== 'suspended') || floor,
				pointer: presides || floor,
			};
		}
	}
}
