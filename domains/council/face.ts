import type { Actor, Result, Room } from '@parvis/platform';
import type { Acts, Deliberations, Feeds, Minutes } from './acts/face.ts';
import type { Annex, Annexes } from './annexes/face.ts';
import type { Captions } from './captions/face.ts';
import type { CouncilFollows } from './follows/face.ts';
import type { Programme } from './programme/face.ts';
import type { Video } from './room/face.ts';
import type { RoundResult } from './rules/election.ts';
import type { Floor, FloorRule, FloorSettings, Speech } from './rules/floor.ts';
import type { Choice, Majority, Tally } from './rules/majority.ts';
import type { CouncilSearch } from './search/face.ts';

export type { Block, Run, Text } from '@parvis/platform';
export type * from './acts/face.ts';
export type * from './annexes/face.ts';
export type * from './captions/face.ts';
export type * from './follows/face.ts';
export type * from './search/face.ts';
export type { Choice, Floor, FloorRule, FloorSettings, Speech };

export type BodyKind = 'council' | 'committee' | 'ccas' | 'community';

export interface Body {
	id: string;
	slug: string;
	name: string;
	kind: BodyKind;
	inhabitants: number;
	/** Whether members who follow by video count and vote: communities only. */
	remoteCounts: boolean;
	/** Official name of who decides, for open data and documents; empty for the town's own. */
	collectivity: string;
	/** Fourteen digits, or empty. */
	siret: string;
	/** `PREF038`, `SPREF0382`, or empty. */
	prefecture: string;
	/** `YYYY-MM-DD` of the list of matters that the prefecture gave. */
	classificationOn: string | null;
	floor: FloorSettings;
	/** In office today. */
	seats: Seat[];
}

export interface Seat {
	id: string;
	name: string;
	party: string;
	role: 'chair' | 'deputy' | 'member';
	/** `YYYY-MM-DD` */
	startsOn: string;
	endsOn: string | null;
	/** For the clerk only. */
	email: string | null;
	/** For the clerk only: the account by which the member votes. */
	personId: string | null;
}

export interface Bodies {
	list(actor: Actor): Promise<Body[]>;
	create(actor: Actor, input: unknown): Promise<Result<{ id: string }>>;
	/** Any of name, inhabitants, remoteCounts, collectivity, siret, prefecture, classificationOn. */
	change(actor: Actor, bodyId: string, input: unknown): Promise<Result<null>>;
	/** Seats that were left, or whose holder changed office or group, newest first. */
	former(actor: Actor, bodyId: string): Promise<Seat[]>;
	/** Name, address, account; another office or group holds from a day on, and the former stays known. */
	changeSeat(actor: Actor, seatId: string, input: unknown): Promise<Result<null>>;
	/** Somebody takes a seat. */
	seat(actor: Actor, bodyId: string, input: unknown): Promise<Result<{ id: string }>>;
	/** How the floor is shared out in its meetings. */
	setFloor(actor: Actor, bodyId: string, input: unknown): Promise<Result<null>>;
	/** Leave a seat, from the day after `endsOn`. */
	leave(actor: Actor, seatId: string, endsOn: string): Promise<Result<null>>;
}

export type MeetingStatus = 'draft' | 'convened' | 'open' | 'closed' | 'cancelled';

export interface MeetingSummary {
	id: string;
	slug: string;
	title: string;
	body: string;
	bodyId: string;
	startsAt: Date;
	place: string;
	status: MeetingStatus;
	convenedAt: Date | null;
	/** Path on the site. */
	url: string;
}

export interface PlaceName {
	id: string;
	slug: string;
	name: string;
}

export interface Item {
	id: string;
	/** From 1. */
	position: number;
	/** As it stands on the agenda: `3`, or `2.1` under headings. */
	number: string;
	kind: 'deliberation' | 'information' | 'question';
	/** Heading that it stands under with its neighbours; empty for none. */
	section: string;
	title: string;
	rapporteurId: string | null;
	rapporteur: string | null;
	/** Empty for who may not read it yet. */
	draft: string;
	/** Nomenclature of acts sent to the prefecture: `7.1`. */
	matterCode: string;
	/** `2026` or `2026/2027`, where it bears on a budget. */
	budgetYear: string;
	budgetName: string;
	public: boolean;
	/** The place it is about. */
	place: PlaceName | null;
	deliberation: { number: string; adopted: boolean } | null;
}

/** One check of the law: what it asks, where it is written, whether it stands in the way. */
export interface LegalCheck {
	/** `notice`, `synthesis`, `urgency`, `agenda`, `recipients`, `second` */
	name: string;
	ok: boolean;
	/** A failed check that stops the convocation; others warn. */
	blocking: boolean;
	/** Article, as the clerk quotes it. */
	article: string;
	/** In words, in the reader's language. */
	text: string;
}

export interface ProxyView {
	id: string;
	giverId: string;
	giver: string;
	holderId: string;
	holder: string;
	ill: boolean;
}

export interface Meeting extends MeetingSummary {
	urgent: boolean;
	/** The meeting without quorum that this one follows. */
	secondOfId: string | null;
	synthesis: string;
	/** When the list of what was deliberated was put up. */
	listPostedAt: Date | null;
	items: Item[];
	seats: Seat[];
	minutes: { status: 'draft' | 'adopted' | 'published'; publishedAt: Date | null } | null;
}

export interface Agenda {
	addItem(actor: Actor, meetingId: string, input: unknown): Promise<Result<{ id: string }>>;
	changeItem(actor: Actor, itemId: string, input: unknown): Promise<Result<null>>;
	removeItem(actor: Actor, itemId: string): Promise<Result<null>>;
	/** Move an item one place up or down. */
	moveItem(actor: Actor, itemId: string, by: -1 | 1): Promise<Result<null>>;
	/** Set the order of all items, by their ids; refused when another has changed the agenda meanwhile. */
	orderItems(actor: Actor, meetingId: string, ids: readonly string[]): Promise<Result<null>>;
}

export interface Convened {
	seatId: string;
	name: string;
	/** Whether an address is known to write to. */
	reachable: boolean;
	/** Null when no convocation went out. */
	sentAt: Date | null;
	lastSentAt: Date | null;
	/** How many went out. */
	letters: number;
	onPaper: boolean;
	openedAt: Date | null;
	acknowledgedAt: Date | null;
}

export interface Convocations {
	checks(actor: Actor, id: string): Promise<Result<LegalCheck[]>>;
	/** Send the convocations, if no check stands in the way. @returns how many letters */
	convene(actor: Actor, id: string): Promise<Result<{ letters: number }>>;
	/** Every member of the body on the day, convened or not yet. */
	convocations(actor: Actor, id: string): Promise<Result<Convened[]>>;
	/**
	 * Write again to members who have not acknowledged, and to those whose address was not known.
	 * @param seatId one of them alone
	 */
	remind(actor: Actor, id: string, seatId?: string): Promise<Result<{ letters: number }>>;
	/** Note that a member was convened on paper. */
	convenedOnPaper(actor: Actor, id: string, seatId: string): Promise<Result<null>>;
	/** What the link in a letter opens; no sign-in. Null when the token is not ours. */
	convocation(
		token: string,
	): Promise<{ meeting: Meeting; annexes: Annex[]; name: string; acknowledged: boolean } | null>;
	acknowledge(token: string): Promise<boolean>;
}

export interface Proxies {
	proxies(meetingId: string): Promise<ProxyView[]>;
	giveProxy(
		actor: Actor,
		meetingId: string,
		input: { giverId: string; holderId: string; ill: boolean },
	): Promise<Result<{ id: string }>>;
	revokeProxy(actor: Actor, proxyId: string): Promise<Result<null>>;
}

export interface Meetings extends Agenda, Convocations, Proxies {
	/** Convened ones and those held, newest first; drafts too for who prepares. */
	list(
		actor: Actor,
		query?: { bodyId?: string; page?: number; pageSize?: number },
	): Promise<{
		items: MeetingSummary[];
		total: number;
		page: number;
		pageSize: number;
	}>;
	/** By slug or id. */
	get(actor: Actor, reference: string): Promise<Meeting | null>;
	create(actor: Actor, input: unknown): Promise<Result<{ id: string; slug: string }>>;
	/** Before it opens. */
	change(actor: Actor, id: string, input: unknown): Promise<Result<null>>;
	cancel(actor: Actor, id: string): Promise<Result<null>>;
	/** iCalendar text (RFC 5545). */
	calendar(actor: Actor, reference: string): Promise<string | null>;
	/** All meetings from a month ago on, to be subscribed to. */
	wholeCalendar(): Promise<string>;
}

/** `roll_call`: each answers when called. `hands`: counted, and entered by the secretary or the desk. */
export type VoteMethod = 'public' | 'secret' | 'hands' | 'roll_call';

/** What a vote is on. The act of an item is made by the last vote on its `text`. */
export type VotePurpose = 'text' | 'amendment' | 'procedure' | 'closed_doors' | 'no_secrecy';

/** Why a vote is secret, or public: members asked for it, or it appoints somebody (CGCT L2121-21). */
export type VoteGround = 'request' | 'appointment';

export interface VoteState {
	id: string;
	/** Null for a vote on the meeting itself. */
	itemId: string | null;
	method: VoteMethod;
	/** Empty for the item's own text. */
	subject: string;
	purpose: VotePurpose;
	needs: Majority;
	ground: VoteGround | null;
	/** Seats that asked for this kind of vote, or for closed doors. */
	requestedBy: string[];
	status: 'open' | 'closed';
	openedAt: Date;
	closedAt: Date | null;
	/** Of a vote by names: what each seat voted, by whose hand. Empty while it is open, for who is not at the desk. */
	ballots: { seatId: string; choice: Choice; castBy: string }[];
	/** Seats whose vote is in; of a secret vote too. */
	voted: string[];
	/** Seats that may vote, in their order. */
	voters: string[];
	/** Of a roll-call: who is to answer now. */
	called: string | null;
	/** Once it is closed. */
	result: Tally | null;
	/** Why the result was corrected, the newest last. */
	corrections: string[];
}

export interface RoundState {
	id: string;
	/** From 1. */
	number: number;
	status: 'open' | 'closed';
	openedAt: Date;
	voters: string[];
	voted: string[];
	/** Of an election without secrecy: whom each chose, null for nobody. */
	ballots: { seatId: string; name: string | null; castBy: string }[];
	result: RoundResult | null;
	corrections: string[];
}

export interface ElectionState {
	id: string;
	itemId: string;
	/** `Maire`, `Délégué au syndicat des eaux` */
	subject: string;
	secret: boolean;
	candidates: string[];
	openedAt: Date;
	rounds: RoundState[];
	/** Empty until somebody is elected. Without rounds: appointed, being the only candidates (CGCT L2121-21). */
	elected: string[];
}

/** Where a meeting stands, made of its record alone. */
export interface SessionState {
	status: 'before' | 'open' | 'suspended' | 'closed';
	openedAt: Date | null;
	closedAt: Date | null;
	/** It was closed for lack of quorum: a second meeting needs none (CGCT L2121-17). */
	endedWithoutQuorum: boolean;
	/** Behind closed doors (huis clos). */
	closedDoors: boolean;
	/** What the body decided of the urgency; null where there is none. */
	urgency: 'undecided' | 'approved' | 'refused' | null;
	/** Items put off to a later meeting. */
	putOff: string[];
	present: string[];
	remote: string[];
	/** Members who count for the quorum of the current item. */
	counting: number;
	inOffice: number;
	quorum: number;
	quorate: boolean;
	/** The first secretary. */
	secretaryId: string | null;
	secretaries: string[];
	/** Who presides: the body's chair, or who took the chair. */
	chairId: string | null;
	/** The chair closed all microphones: only who presides is heard. */
	microphonesClosed: boolean;
	/** The document on everybody's screen. */
	shown: { annexId: string; page: number; seatId: string | null; since: Date } | null;
	itemId: string | null;
	/** Items taken up, in order, with when, and how many counted for the quorum then. */
	taken: { itemId: string; at: Date; counting: number }[];
	/** What remains is `limitSeconds - usedSeconds - (now - since)`. */
	floor: Floor | null;
	/** Speakers interrupted by a point of order or a suspension, who go on with what was left; the newest last. */
	interrupted: Floor[];
	/** In force for the current item. */
	floorRules: FloorSettings;
	/** Hands raised, who speaks next first. */
	queue: string[];
	/** Hands raised, first come first. */
	hands: { seatId: string; since: Date; pointOfOrder: boolean }[];
	/** Seconds each seat has spoken. */
	spokenSeconds: Record<string, number>;
	/** Seconds each group has spoken on the current item. */
	groupSeconds: Record<string, number>;
	/** Seconds each group has spoken in the meeting. */
	groupTotals: Record<string, number>;
	/** By item: seats that left for a conflict of interest. */
	recused: Record<string, string[]>;
	votes: VoteState[];
	elections: ElectionState[];
}

export interface RecordEntry {
	id: string;
	at: Date;
	/** In words, in the reader's language. */
	text: string;
}

export interface Sessions {
	/**
	 * As the desk, a member or the public may know it: ballots of an open vote are the desk's, and behind closed doors the
	 * public is told nothing. Null for a meeting that is not there, or not convened for who does not prepare it.
	 */
	state(actor: Actor, meetingId: string): Promise<SessionState | null>;
	/**
	 * Do one thing in the meeting; `sessions/actions.ts` says which there are and who may. The clerk does everything, who
	 * presides runs the debate and the votes, a member raises a hand and votes.
	 */
	act(actor: Actor, meetingId: string, action: unknown): Promise<Result<null>>;
	/** The record in words, oldest first; what happens behind closed doors stays inside. */
	record(actor: Actor, meetingId: string, locale: 'fr' | 'en'): Promise<RecordEntry[]>;
	/** Every intervention, in order; those behind closed doors for who prepares the minutes. */
	speeches(actor: Actor, meetingId: string): Promise<Speech[]>;
	/** The seat that the actor holds in the meeting's body, null for none. */
	seatOf(actor: Actor, meetingId: string): Promise<string | null>;
}

/** The public state of a meeting at an instant. */
export interface LiveState extends SessionState {
	at: Date;
	/** Grows with each change, within one process. */
	version: number;
}

export interface Live {
	/**
	 * Hear the public state of a meeting now and whenever its record grows.
	 * @returns call it to leave; null when this process follows too many already
	 */
	follow(
		meetingId: string,
		listener: { state(state: LiveState): void; end(): void },
	): Promise<(() => void) | null>;
	/** End every follower: the process stops. */
	close(): void;
}

/** Meetings of the town's deciding bodies, from the convocation to the published act. */
export interface Council {
	room: Room;
	bodies: Bodies;
	meetings: Meetings;
	annexes: Annexes;
	sessions: Sessions;
	deliberations: Deliberations;
	minutes: Minutes;
	acts: Acts;
	feeds: Feeds;
	live: Live;
	/** Sound and picture. */
	video: Video;
	/** What was said, in words. */
	captions: Captions;
	/** All that is public of meetings, by words. */
	search: CouncilSearch;
	/** Subjects, places, bodies and meetings that people follow. */
	follows: CouncilFollows;
	programme: Programme;
	/** Give a demonstration its council, where there is none yet. @throws outside a demonstration */
	fillDemo(): Promise<void>;
	/** For pages, which import types only. */
	may: {
		prepare(actor: Actor): boolean;
		/** Give the floor, take items up, open votes. @param mine the actor's seat */
		runFloor(
			actor: Actor,
			mine: string | null,
			state: Pick<SessionState, 'chairId' | 'secretaries'>,
		): boolean;
	};
}
