import type { Readable } from 'node:stream';
import type { Actor, Locale, Result, Room } from '@parvis/platform';

/** A text in French, and in English where the town gives it. */
export interface Words {
	fr: string;
	en: string | null;
}

export const callKinds = ['ideas', 'budget', 'consultation', 'survey'] as const;
export type CallKind = (typeof callKinds)[number];
export const phaseKinds = ['proposing', 'answering', 'reviewing', 'voting', 'executing'] as const;
export type PhaseKind = (typeof phaseKinds)[number];

export interface Phase {
	kind: PhaseKind;
	startsAt: Date;
	/** Null: no end is known (building what was retained). */
	endsAt: Date | null;
	state: 'coming' | 'open' | 'over';
}

export interface Envelope {
	id: string;
	/** Null: the whole town. */
	districtId: string | null;
	name: string;
	budgetCents: number;
}

export interface Category {
	id: string;
	name: Words;
}

export const proofKinds = ['email', 'sms', 'letter', 'franceconnect', 'document'] as const;
export type ProofKind = (typeof proofKinds)[number];

/** Who may take part: what is said to people, and what shows it. */
export interface Eligibility {
	/** Who may propose, support and comment: everybody with an account; the words say whom the call is for. */
	who: Words;
	/** Youngest voters, in years at the day of the vote. */
	leastAge: number;
	/** Any one of these opens the vote. */
	proofs: readonly ProofKind[];
}

/** How people vote and how it is counted; frozen once the vote has opened. See ballot-rules.ts. */
export interface BallotRules {
	/** `knapsack`: as many as the envelope pays for. */
	ballotType: 'approval' | 'choose-1' | 'cumulative' | 'ordinal' | 'knapsack';
	leastChoices: number;
	mostChoices: number | null;
	/** Points to give in all; cumulative only. */
	points: number | null;
	/** A voter votes in every envelope, or in one that they choose. */
	envelopes: 'all' | 'one';
	counting: 'greedy' | 'greedy-no-skip' | 'equal-shares' | 'equal-shares-exhaustive' | 'phragmen';
	/** Who votes on the web and on paper: which ballot counts. */
	clash: 'paper' | 'web';
	/** Each paper ballot is entered by two agents. */
	doubleEntry: boolean;
	/** For ties that costs and votes leave open; published with the rules. */
	lotSeed: string;
}

export interface CallSummary {
	id: string;
	slug: string;
	kind: CallKind;
	status: 'draft' | 'published' | 'archived';
	title: Words;
	summary: Words;
	phases: Phase[];
	/** The open phase, null between phases, before the first and after the last. */
	current: PhaseKind | null;
	budgetCents: number;
	ideaCount: number;
	projectCount: number;
	/** Of a past election brought in from a file. */
	source: string | null;
}

export interface Call extends CallSummary {
	body: Words;
	envelopes: Envelope[];
	categories: Category[];
	eligibility: Eligibility;
	ballotRules: BallotRules | null;
	questions: Question[];
	hasResult: boolean;
}

export interface CallInput {
	kind: CallKind;
	title: Words;
	summary: Words;
	body: Words;
	phases: { kind: PhaseKind; startsAt: Date; endsAt: Date | null }[];
	envelopes: { id?: string | undefined; districtId: string | null; name: string; budgetCents: number }[];
	categories: { id?: string | undefined; name: Words }[];
	eligibility: Eligibility;
	ballotRules: BallotRules | null;
	questions: (Omit<Question, 'id'> & { id?: string | undefined })[];
}

export interface Calls {
	/** Published ones, the open first; drafts and archived too for who may manage. */
	list(actor: Actor, query?: { kind?: CallKind; limit?: number }): Promise<CallSummary[]>;
	/** By slug or id; null for a draft and who may not manage. */
	get(actor: Actor, reference: string): Promise<Call | null>;
	create(actor: Actor, input: unknown): Promise<Result<{ id: string; slug: string }>>;
	change(actor: Actor, id: string, input: unknown): Promise<Result<null>>;
	publish(actor: Actor, id: string): Promise<Result<null>>;
	archive(actor: Actor, id: string): Promise<Result<null>>;
}

export interface Question {
	id: string;
	kind: 'single' | 'multiple' | 'scale' | 'text';
	label: Words;
	required: boolean;
	choices: Words[];
}

/** By question id: index of the choice, indexes, 1 to 5, or a text. */
export type Answers = Record<string, number | number[] | string>;

export interface Questionnaires {
	mine(actor: Actor, callId: string): Promise<Answers | null>;
	answer(actor: Actor, callId: string, answers: unknown): Promise<Result<null>>;
	/** Counts once the phase is over, for everybody; meanwhile for who manages. Texts for who manages only. */
	results(actor: Actor, callId: string): Promise<Result<QuestionResult[]>>;
}

export interface QuestionResult {
	question: Question;
	answered: number;
	/** One for each choice; for a scale 1 to 5. */
	counts: number[];
	texts: string[];
}

export interface Attachment {
	id: string;
	contentType: 'image/webp' | 'application/pdf';
	name: string;
	/** What a photo shows. */
	description: string;
	sizeBytes: number;
	width: number | null;
	height: number | null;
	/** Path on the site. */
	url: string;
}

export interface Attachments {
	/**
	 * Keep a photo or PDF: its type is read from its content, photos are turned into WebP without metadata, at most
	 * 1,600 pixels wide. Of an idea for its author, of a project for agents.
	 */
	add(
		actor: Actor,
		subject: { kind: 'idea' | 'project'; id: string },
		file: { name: string; content: Uint8Array; description: string },
	): Promise<Result<Attachment>>;
	remove(actor: Actor, id: string): Promise<Result<null>>;
	list(subject: { kind: 'idea' | 'project'; id: string }): Promise<Attachment[]>;
	/** Null when there is none or the actor may not see its subject. */
	open(actor: Actor, id: string): Promise<{ attachment: Attachment; content: Readable } | null>;
}

export type IdeaStatus = 'draft' | 'waiting' | 'published' | 'hidden' | 'merged' | 'withdrawn';

export interface IdeaSummary {
	id: string;
	number: number | null;
	callSlug: string;
	status: IdeaStatus;
	title: string;
	/** First words of its text. */
	excerpt: string;
	/** Name of the community or the author; « Un habitant » once the account is erased. */
	author: string;
	category: Words | null;
	envelope: string | null;
	district: string | null;
	longitude: number | null;
	latitude: number | null;
	supportCount: number;
	commentCount: number;
	publishedAt: Date | null;
	verdict: 'feasible' | 'amended' | 'unfeasible' | null;
	photo: Attachment | null;
	/** Path on the site. */
	url: string;
}

export interface Idea extends IdeaSummary {
	callId: string;
	body: string;
	authorId: string | null;
	community: { id: string; name: string; verified: boolean } | null;
	categoryId: string | null;
	envelopeId: string | null;
	address: string | null;
	placeId: string | null;
	attachments: Attachment[];
	revisions: { title: string; body: string; replacedAt: Date }[];
	mergedInto: { number: number | null; title: string; url: string } | null;
	/** Ideas that joined this one, or parts it was split into. */
	joined: { number: number | null; title: string; url: string }[];
	verdictText: string | null;
	verdictAt: Date | null;
	investmentCents: number | null;
	yearlyCents: number | null;
	projectUrl: string | null;
	/** What a moderator decided, for its author and for everybody when it is hidden. */
	moderation: {
		decision: 'published' | 'hidden';
		reason: string | null;
		publicText: string;
		mayAppeal: boolean;
	} | null;
	/** Of the one who asks. */
	mine: { author: boolean; supports: boolean; follows: boolean; mayEdit: boolean; mayWithdraw: boolean };
}

export interface IdeaInput {
	title: string;
	body: string;
	categoryId?: string | null;
	envelopeId?: string | null;
	communityId?: string | null;
	/** A position, or an address of the town that is looked up; the position wins. */
	longitude?: number | null;
	latitude?: number | null;
	address?: string | null;
	placeId?: string | null;
}

export interface IdeaQuery {
	/** Words; French stems, accents aside. */
	text?: string;
	categoryId?: string;
	envelopeId?: string;
	districtId?: string;
	verdict?: 'feasible' | 'amended' | 'unfeasible' | 'none';
	/** `random` draws a fair order that stays the same for a seed. */
	sort?: 'recent' | 'supported' | 'commented' | 'random';
	seed?: string;
	/** From 1. */
	page?: number;
	/** At most 100. Default 24. */
	pageSize?: number;
}

export interface SimilarIdea extends IdeaSummary {
	/** From 0 to 1. */
	likeness: number;
	distanceMeters: number | null;
}

export interface Ideas {
	list(
		actor: Actor,
		callId: string,
		query?: IdeaQuery,
	): Promise<{ items: IdeaSummary[]; total: number; page: number; pageSize: number }>;
	/** Everything that has a position, for the map. */
	positions(
		callId: string,
	): Promise<{ id: string; title: string; url: string; longitude: number; latitude: number }[]>;
	/** By id, or by number within its call. Null when there is none or the actor may not see it. */
	get(actor: Actor, callId: string, reference: string): Promise<Idea | null>;
	/** Own ideas of all calls, drafts first. */
	mine(actor: Actor): Promise<IdeaSummary[]>;
	/** Published ideas of the call that say or place the same, most alike first. */
	similar(
		callId: string,
		like: {
			title: string;
			body: string;
			longitude?: number | null;
			latitude?: number | null;
			exceptId?: string;
		},
	): Promise<SimilarIdea[]>;
	saveDraft(actor: Actor, callId: string, input: unknown, id?: string): Promise<Result<{ id: string }>>;
	/** Hand it in: published at once, or waiting for a moderator at somebody's first contributions. */
	submit(actor: Actor, id: string): Promise<Result<{ status: 'published' | 'waiting'; url: string }>>;
	/** Change what is handed in, while proposing is open; the former words stay readable. */
	edit(actor: Actor, id: string, input: unknown): Promise<Result<null>>;
	withdraw(actor: Actor, id: string): Promise<Result<null>>;
	support(actor: Actor, id: string, wanted: boolean): Promise<Result<{ supportCount: number }>>;
	report(
		actor: Actor,
		subject: { kind: 'idea' | 'comment'; id: string },
		input: { reason: string; note: string },
	): Promise<Result<null>>;
}

export interface Comment {
	id: string;
	parentId: string | null;
	author: string;
	body: string;
	status: 'waiting' | 'published' | 'hidden' | 'withdrawn';
	createdAt: Date;
	/** The idea it was written under, when it came here by a merge. */
	writtenUnder: { title: string; url: string } | null;
	mine: boolean;
	answers: Comment[];
}

export interface Comments {
	/** Newest threads first; hidden and withdrawn ones keep their place without their words. */
	list(
		actor: Actor,
		ideaId: string,
		query?: { page?: number; pageSize?: number },
	): Promise<{ items: Comment[]; total: number }>;
	write(
		actor: Actor,
		ideaId: string,
		input: { body: string; parentId?: string | null },
	): Promise<Result<{ id: string; status: 'published' | 'waiting' }>>;
	withdraw(actor: Actor, id: string): Promise<Result<null>>;
}

export interface Communities {
	list(
		actor: Actor,
	): Promise<{ id: string; name: string; kind: string; verified: boolean; memberCount: number }[]>;
	mine(actor: Actor): Promise<{ id: string; name: string; verified: boolean }[]>;
	create(
		actor: Actor,
		input: { name: string; kind: string; description: string },
	): Promise<Result<{ id: string }>>;
	/** A member lets another account in, by its address. */
	invite(actor: Actor, id: string, email: string): Promise<Result<null>>;
	verify(actor: Actor, id: string, verified: boolean): Promise<Result<null>>;
}

export type SubjectKind = 'call' | 'idea' | 'project';

export interface Follows {
	set(actor: Actor, subject: { kind: SubjectKind; id: string }, wanted: boolean): Promise<Result<null>>;
	has(actor: Actor, subject: { kind: SubjectKind; id: string }): Promise<boolean>;
	/** Newest first. */
	news(query: {
		callId?: string;
		subject?: { kind: SubjectKind; id: string };
		limit?: number;
	}): Promise<NewsItem[]>;
	preference(actor: Actor): Promise<'daily' | 'weekly' | 'never'>;
	setPreference(actor: Actor, frequency: 'daily' | 'weekly' | 'never'): Promise<Result<null>>;
	/** What the link in a letter does; no sign-in. False when the token is not ours. */
	unsubscribe(token: string): Promise<boolean>;
	/** Write the digests that are due. @returns how many */
	sendDigests(now?: Date): Promise<number>;
}

export interface NewsItem {
	id: string;
	subjectKind: SubjectKind;
	subjectId: string;
	happenedAt: Date;
	title: { fr: string; en: string };
	url: string;
}

export interface MergeProposal {
	id: string;
	kind: 'merge' | 'split';
	target: { id: string; number: number | null; title: string; url: string };
	/** merge: those that would join the target. */
	ideas: { id: string; number: number | null; title: string; url: string; answer: boolean | null }[];
	/** split: what it would become. */
	parts: { title: string; body: string }[];
	reason: string;
	proposedAt: Date;
	proposedByAgent: boolean;
	status: 'open' | 'done' | 'refused' | 'withdrawn';
	settledAt: Date | null;
	/** Whether the one who asks is an author whose answer is awaited. */
	awaitsMe: boolean;
}

export interface Merges {
	/** An agent, or an author of one of the ideas. Authors who propose agree thereby. */
	propose(
		actor: Actor,
		input: { targetId: string; ideaIds: string[]; reason: string },
	): Promise<Result<{ id: string }>>;
	proposeSplit(
		actor: Actor,
		input: { ideaId: string; parts: { title: string; body: string }[]; reason: string },
	): Promise<Result<{ id: string }>>;
	/** When the last author agrees, it is done. One refusal ends it. */
	answer(actor: Actor, id: string, agrees: boolean): Promise<Result<{ status: MergeProposal['status'] }>>;
	withdraw(actor: Actor, id: string): Promise<Result<null>>;
	/** Public: of one idea, or of a call. */
	list(
		actor: Actor,
		query: { ideaId?: string; callId?: string; awaiting?: boolean },
	): Promise<MergeProposal[]>;
}

export interface ModerationCase {
	kind: 'idea' | 'comment';
	id: string;
	callSlug: string;
	title: string;
	body: string;
	author: string;
	url: string;
	/** Why it is here: first contribution, reports, an appeal. */
	cause: 'waiting' | 'reported' | 'appealed';
	reports: { reason: string; note: string; at: Date }[];
	appeal: string | null;
	since: Date;
	/** After this it is late: 48 hours for what waits and reports, 7 days for appeals. */
	dueAt: Date;
}

export interface Moderation {
	queue(actor: Actor): Promise<Result<ModerationCase[]>>;
	/** Hiding needs a reason, and words for everybody. */
	decide(
		actor: Actor,
		subject: { kind: 'idea' | 'comment'; id: string },
		input: { decision: 'published' | 'hidden'; reason?: string | null; publicText: string },
	): Promise<Result<null>>;
	/** The author answers, once, within 30 days. */
	appeal(
		actor: Actor,
		subject: { kind: 'idea' | 'comment'; id: string },
		text: string,
	): Promise<Result<null>>;
	decideAppeal(
		actor: Actor,
		subject: { kind: 'idea' | 'comment'; id: string },
		input: { outcome: 'upheld' | 'overturned'; answer: string },
	): Promise<Result<null>>;
	/** Public log of a call. */
	log(
		callId: string,
		limit?: number,
	): Promise<
		{
			kind: 'idea' | 'comment';
			decision: string;
			reason: string | null;
			publicText: string;
			decidedAt: Date;
			appealOutcome: string | null;
		}[]
	>;
	waiting(actor: Actor): Promise<number>;
}

export interface Review {
	id: string;
	ideaId: string;
	service: string;
	reviewerId: string | null;
	reviewer: string | null;
	assignedAt: Date;
	/** `YYYY-MM-DD` */
	dueOn: string | null;
	late: boolean;
	feasible: 'yes' | 'changed' | 'no' | null;
	investmentCents: number | null;
	yearlyCents: number | null;
	how: string;
	timing: string;
	privateNote: string;
	answeredAt: Date | null;
}

export interface BoardRow {
	ideaId: string;
	number: number;
	title: string;
	url: string;
	category: string | null;
	district: string | null;
	supportCount: number;
	verdict: Idea['verdict'];
	reviews: Pick<Review, 'id' | 'service' | 'reviewer' | 'dueOn' | 'late' | 'feasible' | 'investmentCents'>[];
	/** unassigned, asked, answered (the verdict is owed), concluded, appealed */
	state: 'unassigned' | 'asked' | 'answered' | 'concluded' | 'appealed';
	projectNumber: number | null;
}

export interface BoardQuery {
	text?: string;
	service?: string;
	state?: BoardRow['state'];
	mine?: boolean;
	late?: boolean;
	categoryId?: string;
	page?: number;
	pageSize?: number;
}

export interface Reviews {
	board(
		actor: Actor,
		callId: string,
		query?: BoardQuery,
	): Promise<
		Result<{
			items: BoardRow[];
			total: number;
			page: number;
			pageSize: number;
			services: string[];
			states: Record<string, number>;
		}>
	>;
	of(actor: Actor, ideaId: string): Promise<Result<Review[]>>;
	/** Whom an opinion may be asked of in person. */
	reviewers(actor: Actor): Promise<Result<{ id: string; name: string }[]>>;
	assign(
		actor: Actor,
		ideaIds: readonly string[],
		input: { service: string; reviewerId?: string | null; dueOn?: string | null },
	): Promise<Result<{ assigned: number }>>;
	unassign(actor: Actor, reviewId: string): Promise<Result<null>>;
	answer(actor: Actor, reviewId: string, input: unknown): Promise<Result<null>>;
	/** The town's answer to the author, in plain words; goes out by mail and shows on the idea. */
	conclude(actor: Actor, ideaId: string, input: unknown): Promise<Result<null>>;
	/** The author of an unfeasible idea, once, with or without an amended text. */
	appeal(actor: Actor, ideaId: string, text: string): Promise<Result<null>>;
	/** For the author and the services. */
	appealOf(
		actor: Actor,
		ideaId: string,
	): Promise<{ text: string; outcome: 'upheld' | 'reopened' | null; answer: string | null } | null>;
	settleAppeal(
		actor: Actor,
		ideaId: string,
		input: { outcome: 'upheld' | 'reopened'; answer: string },
	): Promise<Result<null>>;
	exportCsv(actor: Actor, callId: string): Promise<Result<string>>;
	/** Lines of `number;service;reviewer;due;feasible;investment;yearly;how;timing`: all of them or none. */
	importCsv(
		actor: Actor,
		callId: string,
		text: string,
	): Promise<Result<{ changed: number; faults: { line: number; error: string }[] }>>;
	/** Letters to who owes an answer within three days or late. @returns how many */
	remind(now?: Date): Promise<number>;
}

export type ProjectStatus = 'candidate' | 'not_selected' | 'selected' | 'started' | 'done' | 'abandoned';

export interface ProjectSummary {
	id: string;
	callId: string;
	callSlug: string;
	number: number;
	/** Its id in the published ballots. */
	code: string;
	title: string;
	excerpt: string;
	/** What the services say of it, in a few words. */
	reviewSummary: string;
	costCents: number;
	envelopeId: string;
	envelope: string;
	category: Words | null;
	district: string | null;
	address: string | null;
	longitude: number | null;
	latitude: number | null;
	status: ProjectStatus;
	/** `YYYY-MM-DD` */
	dueOn: string | null;
	late: boolean;
	photo: Attachment | null;
	url: string;
}

export interface Milestone {
	id: string;
	title: string;
	dueOn: string;
	doneOn: string | null;
	late: boolean;
	note: string;
}

export interface Project extends ProjectSummary {
	body: string;
	yearlyCents: number | null;
	service: string;
	spentCents: number;
	statusText: string;
	doneAt: Date | null;
	placeId: string | null;
	/** Null where it came from none, or from one that is not published. */
	idea: { title: string; url: string; author: string } | null;
	milestones: Milestone[];
	attachments: Attachment[];
}

export interface ProjectQuery {
	callId?: string;
	envelopeId?: string;
	status?: readonly ProjectStatus[];
	categoryId?: string;
	late?: boolean;
	text?: string;
	page?: number;
	pageSize?: number;
}

export interface Projects {
	/** Of published calls; by number. */
	list(
		actor: Actor,
		query?: ProjectQuery,
	): Promise<{ items: ProjectSummary[]; total: number; page: number; pageSize: number }>;
	/** By id, or by number within its call. */
	get(actor: Actor, callId: string, reference: string): Promise<Project | null>;
	/** Put feasible ideas to the vote, before it opens. Title, text, place and cost are taken from idea and verdict. */
	select(actor: Actor, ideaIds: readonly string[]): Promise<Result<{ created: number }>>;
	/** Before the vote opens. */
	create(actor: Actor, callId: string, input: unknown): Promise<Result<{ id: string; number: number }>>;
	/** Words, cost and place before the vote opens; service, due date, place of the town and spending at any time. */
	change(actor: Actor, id: string, input: unknown): Promise<Result<null>>;
	/** Before the vote opens. */
	remove(actor: Actor, id: string): Promise<Result<null>>;
	/** In this order; those without an id are new, those left out are removed. */
	setMilestones(
		actor: Actor,
		id: string,
		milestones: readonly {
			id?: string | undefined;
			title: string;
			/** `YYYY-MM-DD` */
			dueOn: string;
			doneOn?: string | null | undefined;
			note?: string | undefined;
		}[],
	): Promise<Result<null>>;
	start(actor: Actor, id: string): Promise<Result<null>>;
	/** Needs a photo of what was built. */
	finish(actor: Actor, id: string, input: { text: string }): Promise<Result<null>>;
	abandon(actor: Actor, id: string, input: { text: string }): Promise<Result<null>>;
}

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

/** From an idea to a thing built. */
export interface Participation {
	room: Room;
	calls: Calls;
	questionnaires: Questionnaires;
	attachments: Attachments;
	ideas: Ideas;
	comments: Comments;
	communities: Communities;
	follows: Follows;
	merges: Merges;
	moderation: Moderation;
	reviews: Reviews;
	projects: Projects;
	eligibility: Eligibilities;
	ballots: Ballots;
	paper: Paper;
	counting: Counting;
	/** Live through a call of each phase with invented residents, where there is none yet. @throws outside a demonstration */
	fillDemo(): Promise<void>;
	/** For pages, which import types only. */
	may: {
		manage(actor: Actor): boolean;
		moderate(actor: Actor): boolean;
		review(actor: Actor): boolean;
		holdBooth(actor: Actor): boolean;
	};
}
