import type { Readable } from 'node:stream';
import type { Actor, Result } from '@parvis/platform';
import type { ProofKind } from './calls.ts';
import type { ProjectSummary } from './projects.ts';

/** A chosen project by its number in the call, with points where the ballot is cumulative; in the voter's order. */
export interface Choice {
	project: number;
	points?: number;
}

export interface VoterState {
	/** Null: nobody signed in. */
	signedIn: boolean;
	open: boolean;
	proofs: { kind: ProofKind; status: 'missing' | 'asked' | 'granted' | 'refused'; refusal: string }[];
	/** A proof was granted and the register entry made. */
	registered: boolean;
	voted: 'web' | 'paper' | null;
}

export interface Declaration {
	familyName: string;
	givenName: string;
	/** `YYYY-MM-DD` */
	birthDate: string;
	districtId: string | null;
}

export interface Eligibilities {
	state(actor: Actor, callId: string): Promise<VoterState>;
	/** The account's confirmed address, or its FranceConnect identity. */
	proveByAccount(actor: Actor, callId: string, kind: 'email' | 'franceconnect'): Promise<Result<null>>;
	/** Send a code to a telephone. */
	askSms(actor: Actor, callId: string, phoneNumber: string): Promise<Result<null>>;
	proveBySms(actor: Actor, callId: string, code: string): Promise<Result<null>>;
	proveByLetter(actor: Actor, callId: string, code: string): Promise<Result<null>>;
	/** A picture or PDF for an agent to look at; kept until then. */
	askByDocument(actor: Actor, callId: string, file: { content: Uint8Array }): Promise<Result<null>>;
	documents(actor: Actor, callId: string): Promise<Result<{ id: string; person: string; askedAt: Date }[]>>;
	openDocument(actor: Actor, id: string): Promise<{ contentType: string; content: Readable } | null>;
	decideDocument(
		actor: Actor,
		id: string,
		input: { granted: boolean; refusal: string },
	): Promise<Result<null>>;
	/** Print `count` letter codes; they are shown this once. */
	createLetterCodes(actor: Actor, callId: string, count: number): Promise<Result<string[]>>;
	/** Enter the register, once a proof is granted. */
	register(actor: Actor, callId: string, declaration: unknown): Promise<Result<null>>;
}

export interface Ballots {
	/** Candidates in this voter's own fair order, which stays the same for them. */
	candidates(actor: Actor, callId: string): Promise<ProjectSummary[]>;
	/** Whether the call's rules take a ballot; nothing is kept. */
	check(callId: string, choices: unknown): Promise<Result<Choice[]>>;
	/** A receipt for a ballot about to be cast. */
	drawReceipt(): string;
	/**
	 * Put a ballot in the box under a receipt drawn for it, or change the one that is there under it: whose answer got lost
	 * casts again with the same receipt, and there is one ballot.
	 * @returns the receipt, which is kept nowhere else
	 */
	cast(
		actor: Actor,
		callId: string,
		choices: unknown,
		receipt?: string | null,
	): Promise<Result<{ receipt: string; changed: boolean }>>;
	/** What the ballot of a receipt says, while the vote is open; null when the receipt is not of this call. */
	read(callId: string, receipt: string): Promise<Choice[] | null>;
	/** A new key for the call: the secret is shown this once, to be kept on paper. Before the vote opens. */
	createKey(actor: Actor, callId: string): Promise<Result<{ secretKey: string }>>;
	hasKey(callId: string): Promise<boolean>;
	/** Rewrite the open boxes in random order. */
	mix(): Promise<void>;
}

export interface PaperSheet {
	id: string;
	number: string;
	booth: string;
	status: 'once' | 'matches' | 'differs' | 'void';
	/** For those who settle a difference. */
	choices: Choice[];
	secondChoices: Choice[] | null;
}

export interface Paper {
	/** Somebody is at the booth: note them in the register, before they get a sheet. Refused when they have voted there. */
	checkIn(actor: Actor, callId: string, declaration: unknown): Promise<Result<{ clash: boolean }>>;
	enter(
		actor: Actor,
		callId: string,
		input: { number: string; booth: string; choices: unknown },
	): Promise<Result<{ status: PaperSheet['status'] }>>;
	settle(actor: Actor, id: string, input: { choices?: unknown; voidReason?: string }): Promise<Result<null>>;
	list(actor: Actor, callId: string): Promise<Result<{ items: PaperSheet[]; checkedIn: number }>>;
	/** Lines of `sheet;booth;projects` (numbers, `12:3` for points, separated by spaces): all of them or none. */
	importCsv(
		actor: Actor,
		callId: string,
		text: string,
	): Promise<Result<{ entered: number; faults: { line: number; error: string }[] }>>;
}
