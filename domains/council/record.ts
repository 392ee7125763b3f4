import type { SessionState, VoteMethod, VoteState } from './face.ts';
import type { Choice, Tally } from './rules/majority.ts';
import { votesHeld } from './rules/proxies.ts';
import { quorumOf } from './rules/quorum.ts';

/** What happened, as it is kept. A later entry corrects an earlier one; none is changed. */
export type MeetingEvent = { id: string; at: Date } & (
	| { kind: 'opened' | 'closed' | 'suspended' | 'resumed'; data: Record<string, never> }
	| { kind: 'arrived'; data: { seatId: string; remote?: boolean } }
	| {
			kind: 'left' | 'hand_raised' | 'hand_lowered' | 'floor_given' | 'secretary_named';
			data: { seatId: string };
	  }
	| { kind: 'floor_taken_back'; data: Record<string, never> }
	| { kind: 'item_taken'; data: { itemId: string } }
	| { kind: 'recused'; data: { seatId: string; itemId: string } }
	| { kind: 'doors'; data: { closed: boolean } }
	| { kind: 'vote_opened'; data: { voteId: string; itemId: string; method: VoteMethod; voters: string[] } }
	| { kind: 'voted'; data: { voteId: string; seatId: string; castBy: string; choice?: Choice } }
	| { kind: 'vote_closed'; data: { voteId: string; result: Tally } }
	| { kind: 'vote_corrected'; data: { voteId: string; result: Tally; reason: string } }
	| { kind: 'microphones_closed' | 'microphones_opened' | 'document_hidden'; data: Record<string, never> }
	| { kind: 'document_shown'; data: { annexId: string; page: number; seatId: string | null } }
	| { kind: 'chair_taken'; data: { seatId: string } }
	| { kind: 'noted'; data: { text: string } }
);

/** What does not happen in the meeting itself but rules it. */
export interface Circumstances {
	/** Seats held on the day. */
	inOffice: readonly string[];
	/** Pouvoirs in force now. */
	proxies: readonly { giverId: string; holderId: string }[];
	/** Members by video count: communities only (CGCT L5211-11-1). */
	remoteCounts: boolean;
	/** Who presides unless the record says otherwise; null for a body without a chair. */
	chairId: string | null;
	/** A second meeting after one without quorum needs none (CGCT L2121-17). */
	needsQuorum: boolean;
}

/**
 * Where a meeting stands after its events, in order.
 * @param now for the seconds of who speaks
 */
export function stateOf(events: readonly MeetingEvent[], around: Circumstances, now: Date): SessionState {
	const present = new Set<string>();
	const remote = new Set<string>();
	const queue: string[] = [];
	const spoken = new Map<string, number>();
	const votes = new Map<string, VoteState>();
	const recused: Record<string, string[]> = {};
	const state: SessionState = {
		status: 'before',
		openedAt: null,
		closedAt: null,
		closedDoors: false,
		present: [],
		remote: [],
		inOffice: around.inOffice.length,
		quorum: around.needsQuorum ? quorumOf(around.inOffice.length) : 0,
		quorate: false,
		secretaryId: null,
		chairId: around.chairId,
		microphonesClosed: false,
		shown: null,
		itemId: null,
		taken: [],
		floor: null,
		queue,
		spokenSeconds: {},
		recused,
		votes: [],
	};
	const endFloor = (at: Date) => {
		if (!state.floor) return;
		const { seatId, since } = state.floor;
		spoken.set(seatId, (spoken.get(seatId) ?? 0) + (at.getTime() - since.getTime()) / 1000);
		state.floor = null;
	};
	const unqueue = (seatId: string) => {
		const place = queue.indexOf(seatId);
		if (place >= 0) queue.splice(place, 1);
	};
	for (const event of events) {
		switch (event.kind) {
			case 'opened':
				state.status = 'open';
				state.openedAt = event.at;
				break;
			case 'suspended':
				endFloor(event.at);
				state.status = 'suspended';
				break;
			case 'resumed':
				state.status = 'open';
				break;
			case 'closed':
				endFloor(event.at);
				state.status = 'closed';
				state.closedAt = event.at;
				break;
			case 'arrived':
				(event.data.remote ? remote : present).add(event.data.seatId);
				(event.data.remote ? present : remote).delete(event.data.seatId);
				break;
			case 'left':
				present.delete(event.data.seatId);
				remote.delete(event.data.seatId);
				unqueue(event.data.seatId);
				if (state.floor?.seatId === event.data.seatId) endFloor(event.at);
				break;
			case 'hand_raised':
				if (!queue.includes(event.data.seatId)) queue.push(event.data.seatId);
				break;
			case 'hand_lowered':
				unqueue(event.data.seatId);
				break;
			case 'floor_given':
				endFloor(event.at);
				unqueue(event.data.seatId);
				state.floor = { seatId: event.data.seatId, since: event.at };
				break;
			case 'floor_taken_back':
				endFloor(event.at);
				break;
			case 'secretary_named':
				state.secretaryId = event.data.seatId;
				break;
			case 'item_taken':
				endFloor(event.at);
				queue.length = 0;
				state.itemId = event.data.itemId;
				state.taken.push({ itemId: event.data.itemId, at: event.at });
				break;
			case 'recused':
				recused[event.data.itemId] = [...new Set([...(recused[event.data.itemId] ?? []), event.data.seatId])];
				break;
			case 'doors':
				state.closedDoors = event.data.closed;
				break;
			case 'vote_opened':
				votes.set(event.data.voteId, {
					id: event.data.voteId,
					itemId: event.data.itemId,
					method: event.data.method,
					status: 'open',
					openedAt: event.at,
					ballots: [],
					voted: [],
					voters: event.data.voters,
					result: null,
					corrections: [],
				});
				break;
			case 'voted': {
				const vote = votes.get(event.data.voteId);
				const { seatId, castBy, choice } = event.data;
				if (!vote) break;
				if (!vote.voted.includes(seatId)) vote.voted.push(seatId);
				if (choice)
					vote.ballots = [...vote.ballots.filter((one) => one.seatId !== seatId), { seatId, choice, castBy }];
				break;
			}
			case 'vote_closed':
			case 'vote_corrected': {
				const vote = votes.get(event.data.voteId);
				if (!vote) break;
				vote.status = 'closed';
				vote.result = event.data.result;
				if (event.kind === 'vote_corrected') vote.corrections.push(event.data.reason);
				break;
			}
			case 'microphones_closed':
			case 'microphones_opened':
				state.microphonesClosed = event.kind === 'microphones_closed';
				break;
			case 'document_shown':
				state.shown = { ...event.data, since: event.at };
				break;
			case 'document_hidden':
				state.shown = null;
				break;
			case 'chair_taken':
				state.chairId = event.data.seatId;
				break;
			case 'noted':
				break;
		}
	}
	if (state.floor)
		spoken.set(
			state.floor.seatId,
			(spoken.get(state.floor.seatId) ?? 0) + Math.max(0, now.getTime() - state.floor.since.getTime()) / 1000,
		);
	state.present = [...present];
	state.remote = [...remote];
	state.quorate = countingPresent(state, around).size >= state.quorum;
	state.spokenSeconds = Object.fromEntries(spoken);
	state.votes = [...votes.values()];
	return state;
}

/** Members who count for the quorum and vote: those in the hall, and by video where the law allows it. */
function countingPresent(state: SessionState, { remoteCounts, inOffice }: Circumstances): Set<string> {
	const here = remoteCounts ? [...state.present, ...state.remote] : state.present;
	const held = new Set(inOffice);
	return new Set(here.filter((seat) => held.has(seat)));
}

/**
 * By seat that may vote on an item now, the seat that casts it. Who left for a conflict of interest neither votes nor is
 * represented nor casts another's vote (CGCT L2131-11).
 */
export function votersNow(state: SessionState, around: Circumstances, itemId: string): Map<string, string> {
	const away = new Set(state.recused[itemId] ?? []);
	const present = new Set([...countingPresent(state, around)].filter((seat) => !away.has(seat)));
	return votesHeld(
		present,
		around.proxies.filter(({ giverId }) => !away.has(giverId)),
	);
}
