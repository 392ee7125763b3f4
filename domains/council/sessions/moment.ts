import type { Actor, Result } from '@parvis/platform';
import type { Transaction } from 'kysely';
import type { RoundState, VoteState } from '../face.ts';
import type { NewEvent } from '../record.ts';
import type { Sitting } from '../sitting.ts';
import type { DB } from '../tables.ts';
import type { Action, Kind } from './actions.ts';
import type { BallotBox } from './ballot-box.ts';

/** What an action is checked against: the meeting as it stands, its row locked, and who acts. */
export interface Moment {
	trx: Transaction<DB>;
	sitting: Sitting;
	box: BallotBox;
	actor: Actor;
	/** At the desk. */
	clerk: boolean;
	/** The seat that the actor holds. */
	mine: string | null;
	/** In the hall or by video. */
	here(seatId: string): boolean;
	openVote: VoteState | undefined;
	openRound: RoundState | undefined;
}

export type Entries = Result<NewEvent[]> | Promise<Result<NewEvent[]>>;
/** What an action adds to the record, or why it cannot be done now. */
export type Handler<K extends Kind> = (moment: Moment, action: Extract<Action, { kind: K }>) => Entries;
export type Handlers<K extends Kind> = { [One in K]: Handler<One> };
