import type { Actor, Locale, Result } from '@parvis/platform';
import type { Call, Envelope } from './calls.ts';
import type { Choice } from './voting.ts';

export interface CountState {
	/** open: the vote goes on; ready: it may be counted; counted. */
	state: 'none' | 'open' | 'ready' | 'counted';
	/** Clashes that need the call's secret key. */
	clashes: number;
	/** Sheets entered once only or differing: they hold the count up. */
	unsettledSheets: number;
	/** Somebody came to a booth: the count waits for a manager. */
	paper: boolean;
}

export interface ProjectOutcome {
	number: number;
	code: string;
	title: string;
	url: string;
	costCents: number;
	votes: number;
	score: number;
	selected: boolean;
	/** Why it won or what it lacked, in words. */
	explanation: string;
	longitude: number | null;
	latitude: number | null;
	/** How it fares under each other rule. */
	otherwise: Record<string, boolean>;
}

export interface EnvelopeResult {
	envelope: Envelope;
	rule: string;
	spentCents: number;
	/** Ballots that name a project of it. */
	ballots: number;
	/** By rank: those selected first, in their order, then the others by score. */
	projects: ProjectOutcome[];
	/** Where a tie was broken, in words. */
	ties: string[];
	/** Rules compared, the call's own first, with what each selects in all. */
	rules: { key: string; name: string; selected: number; spentCents: number }[];
}

export interface CallResult {
	call: Call;
	countedAt: Date;
	webBallots: number;
	paperBallots: number;
	merkleRoot: string | null;
	clashes: { kept: 'paper' | 'web'; count: number }[];
	/** Districts with at least ten voters; the rest are summed up in the last line, without a name, where it has ten. */
	turnout: { district: string | null; voters: number }[];
	envelopes: EnvelopeResult[];
}

export interface Counting {
	state(actor: Actor, callId: string): Promise<Result<CountState>>;
	/**
	 * Settle clashes, publish the box, count every envelope and mark what is selected. Queued by itself at the close
	 * when nothing holds it up.
	 * @param secretKey only where a clash means taking a web ballot out
	 */
	count(actor: Actor, callId: string, secretKey?: string | null): Promise<Result<null>>;
	/** Count what is over and held up by nothing. @returns how many calls */
	closeDue(actor: Actor): Promise<number>;
	result(callId: string, locale: Locale): Promise<CallResult | null>;
	/** Whether a receipt's ballot is in the published box. */
	checkReceipt(
		callId: string,
		receipt: string,
	): Promise<Result<{ choices: Choice[]; position: number; proof: string[] }>>;
	/** The ballots of one envelope as a Pabulib file. */
	pabulib(callId: string, envelopeId: string): Promise<string | null>;
	/** The published box, for those who verify it by their own means. */
	box(callId: string): AsyncIterable<{ position: number; channel: string; label: string; choices: Choice[] }>;
	/** A past election from a Pabulib file, as a call that is over. */
	importPabulib(
		actor: Actor,
		text: string,
		options?: { source?: string },
	): Promise<Result<{ slug: string; projects: number; ballots: number }>>;
}
