import type { VoteGround, VoteMethod, VotePurpose } from '../face.ts';
import type { RoundResult } from '../rules/election.ts';
import type { FloorSettings } from '../rules/floor.ts';
import type { Choice, Majority, Tally } from '../rules/majority.ts';

type Nothing = Record<string, never>;

/** What happened, as it is kept. A later entry corrects an earlier one; none is changed. */
export type MeetingEvent = { id: string; at: Date } & (
	| { kind: 'opened' | 'suspended' | 'resumed'; data: Nothing }
	| { kind: 'closed'; data: { noQuorum?: boolean } }
	| {
			kind: 'urgency_ruled';
			data: { approved: boolean; putOff: string[]; for: number; against: number; abstention: number };
	  }
	| { kind: 'item_put_off' | 'item_taken'; data: { itemId: string } }
	| { kind: 'arrived'; data: { seatId: string; remote?: boolean } }
	| { kind: 'left' | 'hand_lowered' | 'secretary_named' | 'chair_taken'; data: { seatId: string } }
	| { kind: 'hand_raised'; data: { seatId: string; pointOfOrder?: boolean } }
	| { kind: 'queue_ordered'; data: { seatIds: string[] } }
	| { kind: 'floor_given'; data: { seatId: string; pointOfOrder?: boolean } }
	| { kind: 'floor_taken_back'; data: { over?: boolean } }
	| { kind: 'floor_extended'; data: { seconds: number } }
	| { kind: 'floor_rules_set'; data: { itemId: string | null; settings: Partial<FloorSettings> } }
	| { kind: 'recused' | 'recusal_ended'; data: { seatId: string; itemId: string } }
	| { kind: 'doors'; data: { closed: boolean } }
	| {
			kind: 'vote_opened';
			data: {
				voteId: string;
				itemId: string | null;
				method: VoteMethod;
				voters: string[];
				subject?: string;
				purpose?: VotePurpose;
				needs?: Majority;
				ground?: VoteGround;
				requestedBy?: string[];
			};
	  }
	| {
			kind: 'voted';
			data: { voteId: string; seatId: string; castBy: string; choice?: Choice; name?: string | null };
	  }
	| { kind: 'vote_closed'; data: { voteId: string; result: Tally } }
	| {
			kind: 'vote_corrected';
			data: {
				voteId: string;
				result: Tally;
				reason: string;
				ballots?: { seatId: string; choice: Choice }[];
			};
	  }
	| {
			kind: 'election_opened';
			data: {
				electionId: string;
				itemId: string;
				subject: string;
				secret: boolean;
				candidates: string[];
			};
	  }
	| { kind: 'round_opened'; data: { roundId: string; electionId: string; number: number; voters: string[] } }
	| { kind: 'round_closed'; data: { roundId: string; result: RoundResult } }
	| { kind: 'round_corrected'; data: { roundId: string; result: RoundResult; reason: string } }
	| { kind: 'appointed'; data: { itemId: string; subject: string; names: string[] } }
	| { kind: 'microphones_closed' | 'microphones_opened' | 'document_hidden'; data: Nothing }
	| { kind: 'document_shown'; data: { annexId: string; page: number; seatId: string | null } }
	| { kind: 'noted'; data: { text: string } }
);

/** An entry that is still to be written. */
export type NewEvent = MeetingEvent extends infer One
	? One extends MeetingEvent
		? Omit<One, 'id' | 'at'>
		: never
	: never;
