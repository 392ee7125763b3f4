import type { Actor, Result } from '@parvis/platform';
import type { Category, Condition } from '../../kinds.ts';
import type { DeviceSummary, HolderName } from '../face.ts';

export type LoanStatus = 'reserved' | 'out' | 'returned' | 'cancelled';

export interface Loan {
	id: string;
	device: { id: string; tag: string; model: string; category: Category };
	holder: HolderName;
	startsOn: string;
	dueOn: string;
	status: LoanStatus;
	/** Out after its last day. */
	late: boolean;
	returnedOn: string | null;
	conditionOut: Condition | null;
	conditionBack: Condition | null;
	note: string | null;
	remindedOn: string | null;
}

export interface PoolCategory {
	category: Category;
	/** In stock, in a state to be used. */
	ready: number;
	/** Of those, free on all the days asked for. */
	free: readonly DeviceSummary[];
}

/** Devices of the pool, lent to somebody until a day. Days as `2026-11-25`, both included. For who may manage. */
export interface Loans {
	/** What is ready, and free from one day to another. */
	pool(actor: Actor, from: string, to: string): Promise<Result<PoolCategory[]>>;
	/** Reserved and out, those due first; with `closed` the hundred that ended last. */
	list(actor: Actor, filter?: { closed?: boolean }): Promise<Result<Loan[]>>;
	/** Loans that touch these days, by device. */
	calendar(actor: Actor, from: string, to: string): Promise<Result<Loan[]>>;
	/**
	 * Lend it: from today it is handed out at once, from a later day reserved.
	 * @returns refusals `equipment.loan_overlaps`, `equipment.loan_not_ready`, `equipment.loan_days`, and
	 * `equipment.wipe_missing_in_town` where the data of the last user are not wiped and `unwipedReason` does not say why
	 */
	lend(actor: Actor, input: unknown): Promise<Result<Loan>>;
	/** Hand out what was reserved; refused like `lend`. @param input `unwipedReason` */
	handOut(actor: Actor, id: string, input?: unknown): Promise<Result<Loan>>;
	extend(actor: Actor, id: string, dueOn: string): Promise<Result<Loan>>;
	giveBack(actor: Actor, id: string, input: unknown): Promise<Result<Loan>>;
	cancel(actor: Actor, id: string): Promise<Result<Loan>>;
	/** Letters the day before the last one, then each week; what the daily job does. @returns how many went */
	remind(): Promise<number>;
}
